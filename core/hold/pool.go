package hold

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/core/hold/holddb"
	"sauda/gear/db"
)

// Resize adds to the capacity of a pool, or takes from it when delta is below zero. A pool that is not there is opened
// with that capacity; the subject counts only then. Less than what is promised is refused with ErrPromised.
func Resize(tx *db.Tx, key, subject string, delta int64) (Pool, error) {
	if key == "" || delta > sizeMax || delta < -sizeMax {
		return Pool{}, ErrSize.About("%q by %d", key, delta)
	}
	tx.Lock("hold:" + key)
	q := holddb.New(tx)
	var rows []holddb.HoldPool
	var err error
	if delta >= 0 {
		rows, err = q.Grow(tx.Context(), holddb.GrowParams{Key: key, Subject: subject, N: delta, Most: sizeMax})
	} else {
		rows, err = q.Shrink(tx.Context(), holddb.ShrinkParams{N: -delta, Key: key})
	}
	switch {
	case err != nil:
		return Pool{}, err
	case len(rows) == 0 && delta >= 0:
		return Pool{}, ErrSize.About("%q by %d", key, delta)
	case len(rows) == 0:
		return Pool{}, promised(tx, key)
	}
	p := poolOf(rows[0])
	var crossed crossings
	crossed.note(p, p.Left()-delta)
	return p, crossed.state(tx)
}

// promised says how much of a pool cannot be taken away.
func promised(tx *db.Tx, key string) error {
	pools, err := Pools(tx, []string{key})
	if err != nil {
		return err
	}
	p, ok := pools[key]
	if !ok {
		return ErrUnknown.About("%q", key)
	}
	return tooLittle(p)
}

func tooLittle(p Pool) error {
	err := ErrPromised.About("%d of %s are promised", p.Taken, p.Key)
	err = fault.With(fault.With(err, "key", p.Key), "subject", p.Subject)
	return fault.With(fault.With(err, "promised", p.Taken), "beyond", p.Beyond)
}

// SetMany gives pools an absolute capacity, all of them or none, and says what each had before, in the order of the
// levels. Pools that are not there are opened. The later of two levels for one key counts. A capacity that, with what may
// be promised beyond, is less than what is promised, is refused with ErrPromised.
func SetMany(tx *db.Tx, levels []Level) ([]int64, error) {
	keys := make([]string, len(levels))
	for n, l := range levels {
		if l.Key == "" || l.Capacity < 0 || l.Capacity > sizeMax {
			return nil, ErrSize.About("%q to %d", l.Key, l.Capacity)
		}
		keys[n] = l.Key
		if len(levels) == 1 {
			tx.Lock("hold:" + l.Key)
		}
	}
	pools, err := Pools(tx, keys)
	if err != nil {
		return nil, err
	}
	before := make([]int64, len(levels))
	fresh := make(map[string]Pool, len(levels))
	for n, l := range levels {
		p, ok := pools[l.Key]
		if !ok {
			p = Pool{Key: l.Key, Subject: l.Subject}
		}
		before[n] = p.Capacity
		if earlier, twice := fresh[l.Key]; twice {
			before[n] = earlier.Capacity
		}
		p.Capacity = l.Capacity
		if p.Left() < 0 {
			return nil, tooLittle(p)
		}
		fresh[l.Key] = p
	}
	return before, setCapacities(tx, pools, fresh)
}

// setCapacities writes the pools that changed, in key order.
func setCapacities(tx *db.Tx, old, fresh map[string]Pool) error {
	var changed []Pool
	var crossed crossings
	for key, p := range fresh {
		was, ok := old[key]
		if ok && was.Capacity == p.Capacity {
			continue
		}
		changed = append(changed, p)
	}
	slices.SortFunc(changed, func(a, b Pool) int { return cmp.Compare(a.Key, b.Key) })
	for _, p := range changed {
		crossed.note(p, old[p.Key].Left()) // A pool that was not there had nothing left.
	}
	if err := writeCapacities(tx, changed); err != nil {
		return err
	}
	return crossed.state(tx)
}

// Allow sets how much more of a pool may be promised than there is; 0 ends it. A pool that is not there is opened without
// capacity. It cannot fall below what is promised already.
func Allow(tx *db.Tx, key, subject string, beyond int64) error {
	return shape(tx, key, func(p *Pool) error {
		p.Beyond = beyond
		if beyond < 0 || beyond > sizeMax {
			return ErrSize.About("%q beyond %d", key, beyond)
		}
		if p.Left() < 0 {
			return tooLittle(*p)
		}
		p.Subject = cmp.Or(p.Subject, subject)
		return nil
	})
}

// Watch sets the mark of a pool: Crossed is stated when what is left falls to it or rises above it. 0 ends it. A pool that
// is not there is opened without capacity.
func Watch(tx *db.Tx, key, subject string, mark int64) error {
	return shape(tx, key, func(p *Pool) error {
		p.Mark = mark
		if mark < 0 || mark > sizeMax {
			return ErrSize.About("%q mark %d", key, mark)
		}
		p.Subject = cmp.Or(p.Subject, subject)
		return nil
	})
}

// shape changes what is allowed or watched of one pool, and opens it when it is not there.
func shape(tx *db.Tx, key string, change func(*Pool) error) error {
	tx.Lock("hold:" + key)
	q := holddb.New(tx)
	row, err := q.GetPool(tx.Context(), key)
	missing := errors.Is(err, sql.ErrNoRows)
	if err != nil && !missing {
		return err
	}
	p := poolOf(row)
	p.Key = key
	before, was := p.Left(), p
	if err := change(&p); err != nil {
		return err
	}
	if err := tx.Changed(key, was, p); err != nil {
		return err
	}
	if missing {
		open := holddb.OpenPoolParams{Key: key, Subject: p.Subject, Beyond: p.Beyond, Mark: p.Mark}
		err = q.OpenPool(tx.Context(), open)
	} else if p.Beyond != row.Beyond {
		err = q.SetBeyond(tx.Context(), holddb.SetBeyondParams{Beyond: p.Beyond, Key: key})
	} else if p.Mark != row.Mark {
		err = q.SetMark(tx.Context(), holddb.SetMarkParams{Mark: p.Mark, Key: key})
	}
	if err != nil {
		return err
	}
	if p.Mark != row.Mark {
		if err := marked(tx, p); err != nil {
			return err
		}
	}
	var crossed crossings
	crossed.note(p, before)
	return crossed.state(tx)
}

// marked remembers whether little is left of pools that have another mark.
func marked(tx *db.Tx, pools ...Pool) error {
	var short, enough []string
	for _, p := range pools {
		if p.Left() <= p.Mark {
			short = append(short, p.Key)
		} else {
			enough = append(enough, p.Key)
		}
	}
	return noteShort(tx, short, enough)
}

// Mark is a level that shall be watched.
type Mark struct {
	Key     string
	Subject string
	Mark    int64
}

// WatchMany sets the marks of pools, all of them or none: one statement reads and one writes. Pools that are not there
// are opened without capacity; the later of two marks for one key counts.
func WatchMany(tx *db.Tx, marks []Mark) error {
	keys := make([]string, len(marks))
	for n, m := range marks {
		if m.Key == "" || m.Mark < 0 || m.Mark > sizeMax {
			return ErrSize.About("%q mark %d", m.Key, m.Mark)
		}
		keys[n] = m.Key
	}
	pools, err := Pools(tx, keys)
	if err != nil {
		return err
	}
	fresh := make(map[string]Pool, len(marks))
	for _, m := range marks {
		p, ok := pools[m.Key]
		if !ok {
			p = Pool{Key: m.Key, Subject: m.Subject}
		}
		p.Mark = m.Mark
		fresh[m.Key] = p
	}
	var changed []Pool
	for key, p := range fresh {
		if pools[key].Mark != p.Mark {
			changed = append(changed, p)
		}
	}
	slices.SortFunc(changed, func(a, b Pool) int { return cmp.Compare(a.Key, b.Key) })
	if err := writeMarks(tx, changed); err != nil {
		return err
	}
	return marked(tx, changed...)
}
