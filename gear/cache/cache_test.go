package cache_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"sauda/gear/cache"
)

func TestAFillThatBeganBeforeADropDoesNotLand(t *testing.T) {
	c := cache.New[string](1 << 20)
	early := c.Ticket()
	c.Drop("a")
	if c.Put(early, "k", "old", 3, "a", "b") {
		t.Fatal("a value from before the drop was kept")
	}
	if _, ok := c.Get("k"); ok {
		t.Fatal("it is even there")
	}
	if !c.Put(early, "other", "fine", 4, "b") {
		t.Fatal("a value that has nothing to do with the drop was refused")
	}
	if !c.Put(c.Ticket(), "k", "new", 3, "a") {
		t.Fatal("a fill after the drop was refused")
	}
	late := c.Ticket()
	c.Clear()
	if c.Put(late, "k", "x", 1) {
		t.Fatal("a value from before Clear was kept")
	}
	if s := c.Stats(); s.Entries != 0 || s.Bytes != 0 {
		t.Fatalf("%+v after Clear", s)
	}
}

// A reader must never see a version older than one whose drop has returned.
func TestReadersNeverSeeWhatWasDropped(t *testing.T) {
	c := cache.New[int64](1 << 20)
	var stored, dropped atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for v := int64(1); v <= 3000; v++ {
			stored.Store(v)
			c.Drop("v")
			dropped.Store(v)
		}
	})
	for range 3 {
		wg.Go(func() {
			for range 20000 {
				least := dropped.Load()
				if v, ok := c.Get("k"); ok {
					if v < least {
						t.Errorf("saw version %d after the drop for %d", v, least)
						return
					}
					continue
				}
				ticket := c.Ticket()
				c.Put(ticket, "k", stored.Load(), 8, "v")
			}
		})
	}
	wg.Wait()
}

func TestBytesStayBelowTheLimitAndTheLatestStay(t *testing.T) {
	const most = 256 << 10
	c := cache.New[[]byte](most)
	for i := range 5000 {
		key := fmt.Sprintf("k%d", i)
		c.Put(c.Ticket(), key, make([]byte, 100), 100, "all", key)
		if _, ok := c.Get(key); !ok {
			t.Fatalf("the latest entry %s is not there", key)
		}
	}
	if s := c.Stats(); s.Bytes > most || s.Bytes < most/2 || s.Entries == 0 {
		t.Fatalf("%+v", s)
	}
	if c.Put(c.Ticket(), "huge", nil, most) {
		t.Fatal("an entry as large as the cache was kept")
	}
	c.Drop("all")
	for i := range 5000 {
		if _, ok := c.Get(fmt.Sprintf("k%d", i)); ok {
			t.Fatalf("k%d is there after dropping all", i)
		}
	}
	if s := c.Stats(); s.Entries != 0 || s.Bytes != 0 {
		t.Fatalf("%+v after dropping and asking for all", s)
	}
}

// Against a plain map: what the cache still has is what was put last and not dropped since.
func TestAgainstAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := cache.New[int](1 << 14)
		type kept struct {
			v   int
			tag string
		}
		model := map[string]kept{}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				key, tag, v := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "tag"), rapid.Int().Draw(t, "v")
				c.Put(c.Ticket(), key, v, rapid.IntRange(0, 400).Draw(t, "size"), tag)
				model[key] = kept{v, tag}
			},
			"drop": func(t *rapid.T) {
				tag := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "tag")
				c.Drop(tag)
				for k, e := range model {
					if e.tag == tag {
						delete(model, k)
					}
				}
			},
			"": func(t *rapid.T) {
				for _, key := range []string{"a", "b", "c", "d"} {
					if v, ok := c.Get(key); ok && (model[key].tag == "" || model[key].v != v) {
						t.Fatalf("%s is %d, the map says %+v", key, v, model[key])
					}
				}
				if s := c.Stats(); s.Bytes > 1<<14 || s.Bytes < 0 {
					t.Fatalf("%+v", s)
				}
			},
		})
	})
}

func BenchmarkGet(b *testing.B) {
	c := cache.New[[]byte](1 << 20)
	c.Put(c.Ticket(), "product:prd_1:kk", make([]byte, 1000), 1000, "product:prd_1")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok := c.Get("product:prd_1:kk"); !ok {
				b.Fatal("it is gone")
			}
		}
	})
}
