package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"time"

	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
)

// intake is one file on its way into the house.
type intake struct {
	store *db.Store
	plan  Plan
	file  *file
	began time.Time

	id      ID                 // id is that of an import that is kept in the house.
	preview func([]Line) error // preview takes the lines of each batch; with it nothing is written.

	way    string // way is the digest of the settings: another way of reading a file is another run.
	from   stand
	report Report
	flaws  *flaws

	places  map[catalog.CategoryID]string // places are the categories in words, for people.
	shelves map[string]catalog.CategoryID // shelves are the categories that are there, by their slugs; only sort uses it.
}

// stand is how far a run has come in its file.
type stand struct {
	position int   // position is how many rows are in the store or refused.
	noted    int   // noted is how many of them have their flaws in the file of errors for certain.
	written  int64 // written is how long the file of errors was then.
}

// batch is rows that are judged and ready to be written.
type batch struct {
	end   int // end is the number of the last row that was read for it.
	rows  []row
	ready *catalog.Batch
	names map[int]string // names are what the refused rows are called.
	flaws []Flaw
	bad   int // bad is how many of its rows are refused.
	size  int // size is how many rows it was read with.
	read  int64
	err   error // err ends the run after the rows of the batch.
}

// ahead is how many batches wait for the one before them: enough to keep both processors busy, few enough for memory.
const ahead = 2

func (in *intake) run(ctx context.Context) (Report, error) {
	in.way = wayOf(in.plan)
	if err := in.begin(ctx); err != nil {
		return Report{}, err
	}
	var err error
	if in.plan.pictures, err = in.file.picturesOf(ctx, in.plan); err != nil {
		return Report{}, err
	}
	if in.preview != nil { // A preview keeps no pictures.
		in.plan.pictures = in.plan.pictures.looking()
	}
	source, err := in.file.reader(in.plan)
	if err != nil {
		return Report{}, errors.Join(err, in.plan.pictures.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	read, shelved, judged := make(chan batch, ahead), make(chan batch, ahead), make(chan batch, ahead)
	begin := in.from.noted // What is written moves on while the file is read.
	go func() {
		defer close(read)
		in.read(ctx, source.reader, begin, read)
	}()
	go func() { // The categories of a batch wait for a moment, and nobody shall wait with them.
		defer close(shelved)
		for b := range read {
			in.sort(ctx, &b)
			shelved <- b
		}
	}()
	go func() {
		defer close(judged)
		for b := range shelved {
			b.judge()
			judged <- b
		}
	}()
	err = in.write(ctx, judged)
	stop()
	for range judged { // The goroutines have ended when there is nothing more.
		continue
	}
	in.report.Took = time.Since(in.began)
	return in.report, errors.Join(err, in.flaws.close(), source.Close(), in.plan.pictures.Close())
}

// source is a reader and what it reads from.
type source struct {
	reader reader
	io.Closer
}

// wayOf gives the digest of what changes the outcome of a run.
func wayOf(p Plan) string {
	p.Errors, p.Speak = "", ""
	sum := sha256.Sum256([]byte(jsonOf(p)))
	return hex.EncodeToString(sum[:])
}

// begin finds the seller and what an earlier run has left, and opens the file of errors where that one stopped.
func (in *intake) begin(ctx context.Context) error {
	in.report = Report{Import: in.id, File: in.file.name, Size: in.file.size}
	in.places = make(map[catalog.CategoryID]string)
	if in.preview != nil {
		in.flaws = &flaws{}
		return job.Look(ctx, in.store, db.System, in.lookAround)
	}
	err := job.Once(ctx, in.store, db.System, func(tx *db.Tx) error {
		if err := in.lookAround(tx); err != nil {
			return err
		}
		if _, err := seller.Get(tx, in.plan.Seller); err != nil {
			return err
		}
		if _, err := pricing.EnsureList(tx, in.plan.Seller, in.plan.Currency, listName); err != nil {
			return err
		}
		return in.takeUp(tx)
	})
	if err != nil {
		return err
	}
	name := in.plan.Errors
	if name == "" {
		name = in.file.errors()
	}
	in.flaws = &flaws{name: name, lang: in.plan.Speak, length: in.from.written}
	if in.from.position == 0 {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return ErrFile.About("%v", err)
		}
	}
	return nil
}

// read cuts the file into batches. The rows up to begin, with which an earlier run has dealt, are read for their ids and
// let go.
func (in *intake) read(ctx context.Context, r reader, begin int, to chan<- batch) {
	known := newSeen()
	b, bytes := batch{end: begin}, 0
	send := func() bool {
		b.read, b.size = in.file.read.Load(), len(b.rows)
		select {
		case to <- b:
		case <-ctx.Done():
			return false
		}
		b, bytes = batch{end: b.end}, 0
		return b.err == nil
	}
	for ctx.Err() == nil {
		one, err := r.next()
		if err != nil {
			if err != io.EOF {
				b.err = err
			}
			send()
			return
		}
		known.check(&one)
		if one.number <= begin {
			continue
		}
		b.end = one.number
		b.rows = append(b.rows, one)
		bytes += one.size
		if (len(b.rows) == batchRows || bytes > batchMax) && !send() {
			return
		}
	}
}

// sort puts the rows that are refused already aside, and makes sure of the categories of the others.
func (in *intake) sort(ctx context.Context, b *batch) {
	good := b.rows[:0]
	for _, r := range b.rows {
		b.flaws = append(b.flaws, r.flaws...)
		if r.bad {
			b.bad++
			if b.names == nil {
				b.names = make(map[int]string)
			}
			b.names[r.number] = r.draft.Name.In(in.plan.Lang)
			continue
		}
		good = append(good, r)
	}
	b.rows = good
	if err := in.shelve(ctx, b.rows); err != nil {
		b.err, b.size = err, 0
	}
}

// judge has the catalogue judge the drafts of a batch.
func (b *batch) judge() {
	if b.size == 0 {
		return
	}
	drafts := make([]catalog.Draft, len(b.rows))
	for i := range b.rows {
		drafts[i] = b.rows[i].draft
	}
	ready, err := catalog.ReadBatch(drafts)
	if b.ready = ready; err != nil {
		b.err, b.size = err, 0
	}
}

// write writes the batches, each in one moment, and tells how far it is.
func (in *intake) write(ctx context.Context, batches <-chan batch) error {
	for b := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.size > 0 {
			deal := in.commit
			if in.preview != nil {
				deal = in.foresee
			}
			if err := deal(ctx, &b); err != nil {
				return err
			}
		}
		if b.err != nil {
			return b.err
		}
		in.report.Read, in.report.Took = b.read, time.Since(in.began)
		if in.plan.Progress != nil {
			in.plan.Progress(in.report)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if in.preview != nil {
		return nil
	}
	return in.end(ctx)
}
