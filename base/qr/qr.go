// Package qr draws texts as QR codes (ISO/IEC 18004), so that a camera reads them: bytes at the level of correction M, which
// bears that about 15 % of the drawing cannot be seen, up to version 10.
package qr

import (
	"strconv"
	"strings"

	"sauda/base/fault"
)

// ErrLong means that a text does not fit into a code.
var ErrLong = fault.New(fault.Invalid, "qr.long", "This is too long for a code that a camera reads. Use at most 213 bytes.")

// Code is a square of dark and light modules.
type Code struct {
	Size int
	dark []bool
	kept []bool // kept are modules that belong to the pattern, not to the text.
}

// Dark tells whether the module in a column and a row is dark. Outside all is light.
func (c Code) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.dark[y*c.Size+x]
}

// blocks are the words of correction of each block, and how many blocks of how many words of text a version has at the level M
// (ISO/IEC 18004 table 9).
type blocks struct{ correction, n1, words1, n2, words2 int }

var versions = [11]blocks{
	{}, {10, 1, 16, 0, 0}, {16, 1, 28, 0, 0}, {26, 1, 44, 0, 0}, {18, 2, 32, 0, 0}, {24, 2, 43, 0, 0}, {16, 4, 27, 0, 0},
	{18, 4, 31, 0, 0}, {22, 2, 38, 2, 39}, {22, 3, 36, 2, 37}, {26, 4, 43, 1, 44},
}

// aligned are the centres of the alignment patterns of a version (annex E).
var aligned = [11][]int{nil, nil, {6, 18}, {6, 22}, {6, 26}, {6, 30}, {6, 34}, {6, 22, 38}, {6, 24, 42}, {6, 26, 46}, {6, 28, 50}}

func (b blocks) words() int { return b.n1*b.words1 + b.n2*b.words2 }

// Encode draws a text.
func Encode(text []byte) (Code, error) {
	for version := 1; version < len(versions); version++ {
		header := 12
		if version >= 10 {
			header = 20
		}
		if b := versions[version]; header+8*len(text) <= 8*b.words() {
			return draw(version, woven(b, words(text, header-4, b.words()))), nil
		}
	}
	return Code{}, ErrLong.About("%d bytes", len(text))
}

// words writes the mode, the length, the text and the filling (clause 7.4).
func words(text []byte, lengthBits, n int) []byte {
	var bits []bool
	put := func(value, count int) {
		for i := count - 1; i >= 0; i-- {
			bits = append(bits, value>>i&1 == 1)
		}
	}
	put(4, 4) // The mode of bytes.
	put(len(text), lengthBits)
	for _, b := range text {
		put(int(b), 8)
	}
	put(0, min(4, 8*n-len(bits)))
	put(0, (8-len(bits)%8)%8)
	for pad := 0xEC; len(bits) < 8*n; pad ^= 0xEC ^ 0x11 {
		put(pad, 8)
	}
	all := make([]byte, n)
	for i, on := range bits {
		if on {
			all[i/8] |= 0x80 >> (i % 8)
		}
	}
	return all
}

// woven adds the correction to each block and lays the words of the blocks one by one (clause 7.6).
func woven(b blocks, data []byte) []byte {
	var texts, checks [][]byte
	for i := range b.n1 + b.n2 {
		n := b.words1
		if i >= b.n1 {
			n = b.words2
		}
		texts = append(texts, data[:n])
		checks = append(checks, remainder(data[:n], b.correction))
		data = data[n:]
	}
	var all []byte
	for _, some := range [][][]byte{texts, checks} {
		for i := range max(b.words1, b.words2, b.correction) {
			for _, block := range some {
				if i < len(block) {
					all = append(all, block[i])
				}
			}
		}
	}
	return all
}

// times multiplies in the field of 256 elements by x⁸+x⁴+x³+x²+1.
func times(a, b byte) byte {
	var product int
	for i := 7; i >= 0; i-- {
		product = product<<1 ^ product>>7*0x11D
		product ^= int(b>>i&1) * int(a)
	}
	return byte(product)
}

// remainder is what is left of a block when it is divided by the generator of the Reed–Solomon code.
func remainder(data []byte, n int) []byte {
	divisor := make([]byte, n)
	divisor[n-1] = 1
	root := byte(1)
	for range n {
		for j := range n {
			divisor[j] = times(divisor[j], root)
			if j+1 < n {
				divisor[j] ^= divisor[j+1]
			}
		}
		root = times(root, 2)
	}
	rest := make([]byte, n)
	for _, b := range data {
		factor := b ^ rest[0]
		copy(rest, rest[1:])
		rest[n-1] = 0
		for j := range n {
			rest[j] ^= times(divisor[j], factor)
		}
	}
	return rest
}

// draw lays patterns and words, and takes the mask that is seen best.
func draw(version int, all []byte) Code {
	c := Code{Size: 17 + 4*version}
	c.dark, c.kept = make([]bool, c.Size*c.Size), make([]bool, c.Size*c.Size)
	c.patterns(version)
	c.lay(all)
	best, least := 0, 1<<30
	for mask := range 8 {
		c.mask(mask)
		c.format(mask)
		if p := c.penalty(); p < least {
			best, least = mask, p
		}
		c.mask(mask) // Masked twice, it is as before.
	}
	c.mask(best)
	c.format(best)
	return c
}

func (c *Code) set(x, y int, dark bool) {
	if x >= 0 && y >= 0 && x < c.Size && y < c.Size {
		c.dark[y*c.Size+x], c.kept[y*c.Size+x] = dark, true
	}
}

// patterns lays what every code of a version has: the three corners, the beat, the small squares, the version.
func (c *Code) patterns(version int) {
	for i := range c.Size {
		c.set(6, i, i%2 == 0)
		c.set(i, 6, i%2 == 0)
	}
	for _, at := range [][2]int{{3, 3}, {c.Size - 4, 3}, {3, c.Size - 4}} {
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				ring := max(dx, -dx, dy, -dy)
				c.set(at[0]+dx, at[1]+dy, ring != 2 && ring != 4)
			}
		}
	}
	centres := aligned[version]
	for i, x := range centres {
		for j, y := range centres {
			last := len(centres) - 1
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					c.set(x+dx, y+dy, max(dx, -dx, dy, -dy) != 1)
				}
			}
		}
	}
	c.format(0)
	if version < 7 {
		return
	}
	rest := version
	for range 12 {
		rest = rest<<1 ^ rest>>11*0x1F25
	}
	bits := version<<12 | rest
	for i := range 18 {
		c.set(c.Size-11+i%3, i/3, bits>>i&1 == 1)
		c.set(i/3, c.Size-11+i%3, bits>>i&1 == 1)
	}
}

// format writes the level and the mask, twice (clause 7.9). The level M is 0.
func (c *Code) format(mask int) {
	rest := mask
	for range 10 {
		rest = rest<<1 ^ rest>>9*0x537
	}
	bits := (mask<<10 | rest) ^ 0x5412
	on := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		c.set(8, i, on(i))
	}
	c.set(8, 7, on(6))
	c.set(8, 8, on(7))
	c.set(7, 8, on(8))
	for i := 9; i < 15; i++ {
		c.set(14-i, 8, on(i))
	}
	for i := range 8 {
		c.set(c.Size-1-i, 8, on(i))
	}
	for i := 8; i < 15; i++ {
		c.set(8, c.Size-15+i, on(i))
	}
	c.set(8, c.Size-8, true)
}

// lay writes the words in columns of two, from the right, up and down (clause 7.7.3).
func (c *Code) lay(all []byte) {
	i := 0
	for right := c.Size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for n := range c.Size {
			for _, x := range []int{right, right - 1} {
				y := n
				if (right+1)&2 == 0 {
					y = c.Size - 1 - n
				}
				if at := y*c.Size + x; !c.kept[at] && i < 8*len(all) {
					c.dark[at] = all[i/8]>>(7-i%8)&1 == 1
					i++
				}
			}
		}
	}
}

// mask turns modules of the text over by a rule (table 10).
func (c *Code) mask(mask int) {
	for y := range c.Size {
		for x := range c.Size {
			var over bool
			switch mask {
			case 0:
				over = (x+y)%2 == 0
			case 1:
				over = y%2 == 0
			case 2:
				over = x%3 == 0
			case 3:
				over = (x+y)%3 == 0
			case 4:
				over = (x/3+y/2)%2 == 0
			case 5:
				over = x*y%2+x*y%3 == 0
			case 6:
				over = (x*y%2+x*y%3)%2 == 0
			case 7:
				over = ((x+y)%2+x*y%3)%2 == 0
			}
			if at := y*c.Size + x; !c.kept[at] && over {
				c.dark[at] = !c.dark[at]
			}
		}
	}
}

// penalty counts what makes a code hard to read: long runs, blocks, and more dark than light (clause 7.8.3). What looks like a
// corner is left out: any mask is right, and a worse one is only harder to see.
func (c *Code) penalty() (points int) {
	dark := 0
	for y := range c.Size {
		runX, runY := 0, 0
		for x := range c.Size {
			if c.Dark(x, y) {
				dark++
			}
			if x > 0 && c.Dark(x, y) == c.Dark(x-1, y) {
				runX++
			} else {
				runX = 1
			}
			if x > 0 && c.Dark(y, x) == c.Dark(y, x-1) {
				runY++
			} else {
				runY = 1
			}
			for _, run := range []int{runX, runY} {
				if run == 5 {
					points += 3
				} else if run > 5 {
					points++
				}
			}
			if x > 0 && y > 0 && c.Dark(x, y) == c.Dark(x-1, y) && c.Dark(x, y) == c.Dark(x, y-1) && c.Dark(x, y) == c.Dark(x-1, y-1) {
				points += 3
			}
		}
	}
	off := dark*20 - c.Size*c.Size*10
	return points + max(off, -off)/(c.Size*c.Size)*10
}

// SVG draws a code with the quiet zone of four modules around it, in a class.
func (c Code) SVG(class string) string {
	var s strings.Builder
	side := strconv.Itoa(c.Size + 8)
	s.WriteString(`<svg class="` + class + `" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + " " + side +
		`" role="img" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + side + "v" + side + `H0z"/><path fill="#000" d="`)
	for y := range c.Size {
		for x := range c.Size {
			if c.Dark(x, y) {
				s.WriteString("M" + strconv.Itoa(x+4) + " " + strconv.Itoa(y+4) + "h1v1h-1z")
			}
		}
	}
	s.WriteString(`"/></svg>`)
	return s.String()
}
