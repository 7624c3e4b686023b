package qr_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sauda/base/qr"
)

// read takes the text out of a code again: the mask by the format, the words by their columns, the blocks unwoven. It knows the
// versions from 1 to 3, of one block.
func read(t *testing.T, c qr.Code) []byte {
	t.Helper()
	mask := 0
	for i, at := range [][2]int{{8, 0}, {8, 1}, {8, 2}, {8, 3}, {8, 4}, {8, 5}, {8, 7}, {8, 8}, {7, 8}, {5, 8}, {4, 8}, {3, 8}, {2, 8}, {1, 8}, {0, 8}} {
		if c.Dark(at[0], at[1]) {
			mask |= 1 << i
		}
	}
	mask = (mask ^ 0x5412) >> 10
	if mask > 7 {
		t.Fatalf("the format says level and mask %d", mask)
	}
	rules := []func(x, y int) bool{
		func(x, y int) bool { return (x+y)%2 == 0 }, func(_, y int) bool { return y%2 == 0 }, func(x, _ int) bool { return x%3 == 0 },
		func(x, y int) bool { return (x+y)%3 == 0 }, func(x, y int) bool { return (x/3+y/2)%2 == 0 },
		func(x, y int) bool { return (x*y)%2+(x*y)%3 == 0 }, func(x, y int) bool { return ((x*y)%2+(x*y)%3)%2 == 0 },
		func(x, y int) bool { return ((x+y)%2+(x*y)%3)%2 == 0 },
	}
	n := c.Size
	pattern := func(x, y int) bool {
		small := n > 21 && x >= n-9 && x <= n-5 && y >= n-9 && y <= n-5
		return x == 6 || y == 6 || small || x <= 8 && y <= 8 || x >= n-8 && y <= 8 || x <= 8 && y >= n-8
	}
	var bits []byte
	up := true
	for right := n - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for i := range n {
			y := i
			if up {
				y = n - 1 - i
			}
			for _, x := range []int{right, right - 1} {
				if pattern(x, y) {
					continue
				}
				bit := byte(0)
				if c.Dark(x, y) != rules[mask](x, y) {
					bit = 1
				}
				bits = append(bits, bit)
			}
		}
		up = !up
	}
	value := func(from, count int) (v int) {
		for _, b := range bits[from : from+count] {
			v = v<<1 | int(b)
		}
		return v
	}
	if value(0, 4) != 4 {
		t.Fatalf("the mode is %d", value(0, 4))
	}
	text := make([]byte, value(4, 8))
	for i := range text {
		text[i] = byte(value(12+8*i, 8))
	}
	return text
}

func TestWhatIsDrawnIsRead(t *testing.T) {
	for _, text := range []string{"", "a", "Сауда", strings.Repeat("x", 26), "SAUDA1:bkg_06f2k3m4n5p6q7r8s9"} {
		c, err := qr.Encode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, c); !bytes.Equal(got, []byte(text)) {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestSizes(t *testing.T) {
	for n, side := range map[int]int{14: 21, 15: 25, 42: 29, 43: 33, 152: 49, 153: 53, 213: 57} {
		c, err := qr.Encode(bytes.Repeat([]byte("x"), n))
		if err != nil || c.Size != side {
			t.Errorf("%d bytes have a side of %d, want %d: %v", n, c.Size, side, err)
		}
	}
	if _, err := qr.Encode(bytes.Repeat([]byte("x"), 214)); !errors.Is(err, qr.ErrLong) {
		t.Errorf("214 bytes: %v", err)
	}
}
