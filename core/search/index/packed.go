package index

import "unsafe"

// packed is strings one after the other. Those that it gives are views: who keeps one longer than the segment copies it.
type packed struct {
	text []byte
	ends []uint32 // ends[i] is where string i ends in text.
}

func (p *packed) len() int { return len(p.ends) }

func (p *packed) add(s string) {
	p.text = append(p.text, s...)
	p.ends = append(p.ends, uint32(len(p.text)))
}

func (p *packed) at(i int) string {
	begin := uint32(0)
	if i > 0 {
		begin = p.ends[i-1]
	}
	b := p.text[begin:p.ends[i]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}
