package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/session"
)

var schemas = []db.Schema{session.Schema}

// people are the users that these tests know. Who is in gone may not act any more.
func people(gone map[string]bool) func(*db.Tx, string) (db.Who, error) {
	return func(_ *db.Tx, user string) (db.Who, error) {
		switch {
		case gone[user]:
			return db.Who{}, session.ErrMissing
		case user == "usr_admin":
			return db.Who{Kind: db.KindAdmin, ID: user}, nil
		case user == "usr_staff":
			return db.Who{Kind: db.KindStaff, ID: user, Seller: "sel_own", Scopes: []string{"orders.*"}}, nil
		}
		return db.Who{Kind: db.KindBuyer, ID: user, Party: "pty_" + user}, nil
	}
}

func keeper(s *dbtest.Store, gone map[string]bool) *session.Keeper {
	return session.New(session.Options{Lookup: people(gone), Now: s.Clock.Now})
}

func begin(t *testing.T, s *dbtest.Store, k *session.Keeper, user string) (token string, made session.Session) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		var err error
		token, made, err = k.Begin(tx, user, session.Client{Address: "203.0.113.7", Agent: strings.Repeat("ә", 200)})
		return err
	})
	return token, made
}

func find(t *testing.T, s *dbtest.Store, k *session.Keeper, token string) (session.Speaker, error) {
	t.Helper()
	var found session.Speaker
	err := s.View(t.Context(), db.System, func(tx *db.Tx) error {
		var err error
		found, err = k.Find(tx, token)
		return err
	})
	return found, err
}

func TestASessionLivesRotatesAndEnds(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		gone := map[string]bool{}
		k := keeper(s, gone)
		token, made := begin(t, s, k, "usr_1")
		if found, err := find(t, s, k, token); err != nil || found.Who.ID != "usr_1" || found.Who.Session != made.ID || found.Due || found.Key {
			t.Fatalf("%+v %v", found, err)
		}
		if n := s.Statements(func() {
			if _, ok := k.Recall(token); !ok {
				t.Error("not remembered")
			}
		}); n != 0 {
			t.Errorf("a remembered session cost %d statements", n)
		}
		s.Clock.Advance(13 * time.Hour)
		if _, ok := k.Recall(token); ok {
			t.Error("remembered for too long")
		}
		if found, err := find(t, s, k, token); err != nil || !found.Due {
			t.Fatalf("%+v %v: not due after 13 hours", found, err)
		}
		var fresh, second string
		s.Moment(t, func(tx *db.Tx) (err error) { fresh, err = k.Renew(tx, token, true); return err })
		s.Moment(t, func(tx *db.Tx) (err error) { second, err = k.Renew(tx, token, true); return err })
		if fresh == "" || fresh == token || second != "" {
			t.Fatalf("rotated to %q, then to %q", fresh, second)
		}
		for _, good := range []string{token, fresh} {
			if found, err := find(t, s, k, good); err != nil || found.Due {
				t.Fatalf("%+v %v within the grace", found, err)
			}
		}
		s.Clock.Advance(2 * time.Minute)
		if _, err := find(t, s, k, token); !errors.Is(err, session.ErrUnknown) {
			t.Errorf("the rotated token still works: %v", err)
		}
		gone["usr_1"] = true
		if _, err := find(t, s, k, fresh); !errors.Is(err, session.ErrUnknown) {
			t.Errorf("a user who may not act: %v", err)
		}
		delete(gone, "usr_1")
		s.Clock.Advance(15 * 24 * time.Hour)
		if _, err := find(t, s, k, fresh); !errors.Is(err, session.ErrUnknown) {
			t.Errorf("an idle session: %v", err)
		}
		s.Moment(t, k.Purge)
		s.Look(t, func(tx *db.Tx) error {
			if list, err := k.List(tx, "usr_1"); err != nil || len(list) != 0 {
				t.Errorf("%v %v", list, err)
			}
			return nil
		})
	})
}

func TestAUserEndsHisSessions(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		k := keeper(s, nil)
		one, first := begin(t, s, k, "usr_1")
		two, second := begin(t, s, k, "usr_1")
		three, _ := begin(t, s, k, "usr_2")
		s.Look(t, func(tx *db.Tx) error {
			list, err := k.List(tx, "usr_1")
			if err != nil || len(list) != 2 || len(list[0].Agent) != 200 || list[0].Address != "203.0.113.7" {
				t.Errorf("%+v %v", list, err)
			}
			return err
		})
		if _, err := find(t, s, k, one); err != nil {
			t.Fatal(err)
		}
		if err := s.Try(func(tx *db.Tx) error { return k.End(tx, "usr_2", first.ID) }); !errors.Is(err, session.ErrMissing) {
			t.Errorf("ended another's session: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { return k.End(tx, "usr_1", first.ID) })
		if _, ok := k.Recall(one); ok {
			t.Error("an ended session is remembered")
		}
		fourth, _ := begin(t, s, k, "usr_1")
		s.Moment(t, func(tx *db.Tx) error { return k.EndAll(tx, "usr_1", second.ID) })
		for token, want := range map[string]bool{one: false, two: true, three: true, fourth: false, "": false, "st_x": false, "sk_x": false} {
			if _, err := find(t, s, k, token); (err == nil) != want {
				t.Errorf("%.6s…: %v", token, err)
			}
		}
	})
}

func TestKeysMayNoMoreThanTheirOwner(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		gone := map[string]bool{}
		k := keeper(s, gone)
		staff := s.As(db.Who{Kind: db.KindStaff, ID: "usr_staff", Scopes: []string{"orders.*"}})
		issue := func(d session.KeyDraft) (secret string, key session.Key, err error) {
			err = staff.Try(func(tx *db.Tx) error { secret, key, err = k.Issue(tx, d); return err })
			return secret, key, err
		}
		for _, bad := range []session.KeyDraft{
			{Name: " ", Scopes: []string{"orders.read"}}, {Name: "a"}, {Name: "a", Scopes: []string{"orders.read"}, Expires: s.Clock.Now()},
		} {
			if _, _, err := issue(bad); !errors.Is(err, session.ErrKeyDraft) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, _, err := issue(session.KeyDraft{Name: "a", Scopes: []string{"orders.read", "stock.write"}}); !errors.Is(err, session.ErrScopes) {
			t.Error(err)
		}
		secret, key, err := issue(session.KeyDraft{Name: "a", Scopes: []string{"orders.read"}, Expires: s.Clock.Now().Add(time.Hour)})
		if err != nil || !strings.HasPrefix(secret, key.Hint) || len(secret) < 40 {
			t.Fatalf("%+v %v", key, err)
		}
		found, err := find(t, s, k, secret)
		if err != nil || !found.Key || !found.Who.May("orders.read") || found.Who.May("orders.write") || found.Who.Seller != "sel_own" || !found.Due {
			t.Fatalf("%+v %v", found, err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, err := k.Renew(tx, secret, true); return err })
		if found, err = find(t, s, k, secret); err != nil || found.Due {
			t.Fatalf("%+v %v", found, err)
		}
		s.Clock.Advance(time.Hour)
		if _, err := find(t, s, k, secret); !errors.Is(err, session.ErrUnknown) {
			t.Errorf("an expired key: %v", err)
		}
		secret, key, err = issue(session.KeyDraft{Name: "b", Scopes: []string{"orders.read"}})
		if err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { return k.Revoke(tx, "usr_staff", key.ID) })
		if _, err := find(t, s, k, secret); !errors.Is(err, session.ErrUnknown) {
			t.Errorf("a revoked key: %v", err)
		}
		if err := s.Try(func(tx *db.Tx) error { return k.Revoke(tx, "usr_staff", key.ID) }); !errors.Is(err, session.ErrMissing) {
			t.Errorf("revoked twice: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			keys, err := k.Keys(tx, "usr_staff")
			if err != nil || len(keys) != 2 || keys[0].Used.IsZero() || keys[1].Revoked.IsZero() {
				t.Errorf("%+v %v", keys, err)
			}
			return nil
		})
	})
}

func TestGuessingIsBraked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		attempt := func(account, address string) error {
			return s.Try(func(tx *db.Tx) error { return session.Attempt(tx, account, address) })
		}
		for i := range 5 {
			if err := attempt("A@example.kz", "10.0.0.1"); err != nil {
				t.Fatalf("attempt %d: %v", i, err)
			}
		}
		err := attempt(" a@example.kz ", "10.0.0.2")
		if !errors.Is(err, session.ErrThrottled) || fault.ParamsOf(err)["retry_after"] != int64(2) {
			t.Fatalf("%v %v", err, fault.ParamsOf(err))
		}
		wait := 2 * time.Second
		for range 8 {
			s.Clock.Advance(wait)
			if err := attempt("a@example.kz", "10.0.0.2"); err != nil {
				t.Fatal(err)
			}
			wait = min(2*wait, 2*time.Minute)
			if err := attempt("a@example.kz", "10.0.0.2"); !errors.Is(err, session.ErrThrottled) {
				t.Fatalf("no wait of %s: %v", wait, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error { return session.Succeeded(tx, "a@example.kz", "10.0.0.2") })
		if err := attempt("a@example.kz", "10.0.0.2"); err != nil {
			t.Errorf("after a good sign-in: %v", err)
		}
		for i := range 20 {
			if err := attempt(fmt.Sprintf("user%d", i), "10.0.0.9"); err != nil {
				t.Fatal(err)
			}
		}
		if err := attempt("another", "10.0.0.9"); !errors.Is(err, session.ErrThrottled) {
			t.Errorf("an address that tries many accounts: %v", err)
		}
		s.Clock.Advance(25 * time.Hour)
		if err := attempt("another", "10.0.0.9"); err != nil {
			t.Errorf("a day later: %v", err)
		}
		s.Moment(t, keeper(s, nil).Purge)
	})
}

// Of many attempts at once no more than the free ones are let through.
func TestManyGuessesAtOnceAreBraked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		through := 0
		for i := range 20 {
			wg.Go(func() {
				err := s.Try(func(tx *db.Tx) error { return session.Attempt(tx, "a", fmt.Sprint(i)) })
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					through++
				} else if !errors.Is(err, session.ErrThrottled) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if through != 5 {
			t.Errorf("%d of 20 attempts at once were let through", through)
		}
	})
}

func TestPasswords(t *testing.T) {
	for _, bad := range []string{"", "short", "12345678", "87654321", "aaaaaaaa", "abcdefgh", "Password1", "Қазақстан", "ＰＡＳＳＷＯＲＤ", strings.Repeat("x1", 65), "ab\xffcdefgh"} {
		if err := session.Judge(bad); !errors.Is(err, session.ErrPassword) || len(fault.FieldsOf(err)) != 1 {
			t.Errorf("%q: %v", bad, err)
		}
	}
	ctx := context.Background()
	const good = "Алма ағашы 7 түп"
	hash, err := session.Hash(ctx, good)
	if err != nil {
		t.Fatal(err)
	}
	other, err := session.Hash(ctx, good)
	if err != nil || other == hash || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s %s %v", hash, other, err)
	}
	if err := session.Verify(ctx, hash, good); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ hash, password string }{{hash, good + " "}, {hash, ""}, {"", good}, {hash, strings.Repeat("x", 1000)}} {
		if err := session.Verify(ctx, c.hash, c.password); !errors.Is(err, session.ErrMismatch) {
			t.Errorf("%q: %v", c.password, err)
		}
	}
	for _, broken := range []string{"x", "$argon2id$v=19$m=1,t=0,p=1$AA$AA", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA", "$bcrypt$v$x$y$z"} {
		if err := session.Verify(ctx, broken, good); err == nil || errors.Is(err, session.ErrMismatch) {
			t.Errorf("%q: %v", broken, err)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _ = session.Verify(ended, hash, good) })
	}
	wg.Wait()
}

func TestCookies(t *testing.T) {
	for _, tls := range []bool{false, true} {
		k := session.New(session.Options{Lookup: people(nil), TLS: tls})
		c := k.Cookie("st_x")
		if !c.HttpOnly || c.Secure != tls || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || strings.HasPrefix(c.Name, "__Host-") != tls || c.Valid() != nil {
			t.Errorf("%v", c)
		}
		if k.NoCookie().MaxAge >= 0 {
			t.Error("the cookie stays")
		}
		r := &http.Request{Header: http.Header{}}
		r.AddCookie(k.DeviceCookie("dev_../../x"))
		if got := k.DeviceOf(r); got != "" {
			t.Errorf("a device of somebody's own making: %q", got)
		}
		name := session.NewDevice()
		r = &http.Request{Header: http.Header{}}
		r.AddCookie(k.DeviceCookie(name))
		if got := k.DeviceOf(r); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
}
