package media

import (
	"image"
	"image/color"
)

// planes are a picture as JPEG keeps it: brightness for each pixel, colour for four together.
type planes struct{ y, cb, cr plane }

// plane is one of the three.
type plane struct {
	width, height int
	pix           []uint8
}

func newPlane(width, height int) plane { return plane{width, height, make([]uint8, width*height)} }

// scale gives a picture of another size; one of that size stays as it is.
func (p planes) scale(width, height int) planes {
	w, h := (width+1)/2, (height+1)/2
	return planes{p.y.scale(width, height), p.cb.scale(w, h), p.cr.scale(w, h)}
}

// image gives the picture to be encoded. Its memory is that of the planes.
func (p planes) image() *image.YCbCr {
	return &image.YCbCr{
		Y: p.y.pix, Cb: p.cb.pix, Cr: p.cr.pix, YStride: p.y.width, CStride: p.cb.width,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, p.y.width, p.y.height),
	}
}

// weightBits is how exact weights are: eight bits of a pixel and these fit into 32 with room for what overshoots.
const weightBits = 14

// tap is which pixels of a line make one of a shorter line, and how much each counts.
type tap struct {
	from    int
	weights []int32
}

// taps are those of the Catmull-Rom kernel, as wide as the line is shrunk. Whole numbers with 16 bits behind the point:
// the same picture gives the same bytes on every machine.
func taps(from, to int) []tap {
	const one = int64(1) << 16
	all := make([]tap, to)
	reach := 2 * one * int64(from) / int64(to)
	if from < to {
		reach = 2 * one
	}
	for x := range all {
		centre := (2*int64(x)+1)*int64(from)*one/(2*int64(to)) - one/2
		first, last := max(0, int((centre-reach+one-1)>>16)), min(from-1, int((centre+reach)>>16))
		t := tap{from: first, weights: make([]int32, last-first+1)}
		raw, sum := make([]int64, len(t.weights)), int64(0)
		for i := range raw {
			distance := int64(first+i)*one - centre
			if from > to {
				distance = distance * int64(to) / int64(from)
			}
			raw[i] = catmullRom(max(distance, -distance))
			sum += raw[i]
		}
		left, largest := int32(1<<weightBits), 0
		for i, w := range raw {
			t.weights[i] = int32(w * (1 << weightBits) / sum)
			if left -= t.weights[i]; raw[i] > raw[largest] {
				largest = i
			}
		}
		t.weights[largest] += left // They make one whole, so that an even surface stays even.
		all[x] = t
	}
	return all
}

// catmullRom is the kernel at a distance of 0 to 2, both with 16 bits behind the point.
func catmullRom(t int64) int64 {
	const one = int64(1) << 16
	t2 := t * t >> 16
	t3 := t2 * t >> 16
	switch {
	case t < one:
		return (3*t3 - 5*t2 + 2*one) / 2
	case t < 2*one:
		return (-t3 + 5*t2 - 8*t + 4*one) / 2
	}
	return 0
}

// scale makes a plane of another size: first each line, then each column.
func (p plane) scale(width, height int) plane {
	if width == p.width && height == p.height {
		return p
	}
	across := newPlane(width, p.height)
	columns := taps(p.width, width)
	for y := range p.height {
		line, out := p.pix[y*p.width:(y+1)*p.width], across.pix[y*width:(y+1)*width]
		for x := range columns {
			t := &columns[x]
			in := line[t.from : t.from+len(t.weights)]
			sum := int32(1 << (weightBits - 1))
			for i, w := range t.weights {
				sum += w * int32(in[i])
			}
			out[x] = clamp(sum >> weightBits)
		}
	}
	down := newPlane(width, height)
	sums := make([]int32, width)
	for y, t := range taps(p.height, height) {
		for x := range sums {
			sums[x] = 1 << (weightBits - 1)
		}
		for i, w := range t.weights {
			line := across.pix[(t.from+i)*width:][:len(sums)]
			for x, v := range line {
				sums[x] += w * int32(v)
			}
		}
		out := down.pix[y*width:][:len(sums)]
		for x, sum := range sums {
			out[x] = clamp(sum >> weightBits)
		}
	}
	return down
}

func clamp(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// turn gives a plane as EXIF says that it is to be seen (CIPA DC-008 §4.6.4, orientation).
func (p plane) turn(how int) plane {
	if how <= 1 || how > 8 {
		return p
	}
	out := newPlane(p.width, p.height)
	if how >= 5 {
		out = newPlane(p.height, p.width)
	}
	for y := range out.height {
		for x := range out.width {
			sx, sy := x, y
			if how >= 5 {
				sx, sy = y, x
			}
			switch how {
			case 2, 8:
				sx = p.width - 1 - sx
			case 3, 7:
				sx, sy = p.width-1-sx, p.height-1-sy
			case 4, 6:
				sy = p.height - 1 - sy
			}
			out.pix[y*out.width+x] = p.pix[sy*p.width+sx]
		}
	}
	return out
}

// planesOf takes a picture apart. What can be seen through stands on white.
func planesOf(m image.Image) planes {
	b := m.Bounds()
	switch m := m.(type) {
	case *image.YCbCr:
		c := image.Rect(0, 0, m.CStride, 0)
		if m.CStride > 0 {
			c.Max.Y = len(m.Cb) / m.CStride
		}
		cw, ch := chroma(m)
		return planes{crop(m.Y, m.YStride, b.Dx(), b.Dy()), crop(m.Cb, m.CStride, cw, min(ch, c.Max.Y)), crop(m.Cr, m.CStride, cw, min(ch, c.Max.Y))}
	case *image.Gray:
		w, h := (b.Dx()+1)/2, (b.Dy()+1)/2
		grey := newPlane(w, h)
		for i := range grey.pix {
			grey.pix[i] = 128
		}
		return planes{crop(m.Pix, m.Stride, b.Dx(), b.Dy()), grey, grey}
	}
	return unmixed(m)
}

// chroma is how many colours a picture has, across and down.
func chroma(m *image.YCbCr) (width, height int) {
	width, height = m.Rect.Dx(), m.Rect.Dy()
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		return (width + 1) / 2, height
	case image.YCbCrSubsampleRatio420:
		return (width + 1) / 2, (height + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return width, (height + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (width + 3) / 4, height
	case image.YCbCrSubsampleRatio410:
		return (width + 3) / 4, (height + 1) / 2
	}
	return width, height
}

// crop gives a plane without what lies behind its lines.
func crop(pix []uint8, stride, width, height int) plane {
	if stride == width {
		return plane{width, height, pix[:width*height]}
	}
	p := newPlane(width, height)
	for y := range height {
		copy(p.pix[y*width:(y+1)*width], pix[y*stride:])
	}
	return p
}

// unmixed takes any picture apart, pixel by pixel; four give one colour.
func unmixed(m image.Image) planes {
	b := m.Bounds()
	p := planes{newPlane(b.Dx(), b.Dy()), newPlane((b.Dx()+1)/2, (b.Dy()+1)/2), newPlane((b.Dx()+1)/2, (b.Dy()+1)/2)}
	at := func(x, y int) color.RGBA64 {
		r, g, bl, a := m.At(x, y).RGBA()
		return color.RGBA64{uint16(r), uint16(g), uint16(bl), uint16(a)}
	}
	if fast, ok := m.(image.RGBA64Image); ok {
		at = fast.RGBA64At
	}
	blue, red := make([]int, p.cb.width), make([]int, p.cb.width)
	for y := range p.y.height {
		for x := range p.y.width {
			c := at(b.Min.X+x, b.Min.Y+y)
			white := 0xffff - c.A
			l, cb, cr := color.RGBToYCbCr(uint8((c.R+white)>>8), uint8((c.G+white)>>8), uint8((c.B+white)>>8))
			p.y.pix[y*p.y.width+x] = l
			blue[x/2] += int(cb)
			red[x/2] += int(cr)
		}
		if last := y == p.y.height-1; y%2 == 1 || last {
			for x := range blue {
				n := (1 + y%2) * (1 + btoi(2*x+1 < p.y.width))
				p.cb.pix[y/2*p.cb.width+x], p.cr.pix[y/2*p.cb.width+x] = uint8((blue[x]+n/2)/n), uint8((red[x]+n/2)/n)
				blue[x], red[x] = 0, 0
			}
		}
	}
	return p
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
