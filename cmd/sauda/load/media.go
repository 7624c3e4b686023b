package load

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"sauda/core/media"
)

// The photograph that is measured: as wide as what sellers bring to a shop.
const (
	photoWide, photoHigh = 2000, 1500
	photoName            = "0123456789abcdef0123456789abcdef.jpg"
	photosAim            = 8 // photosAim is how many a second two cores should shrink.
)

// pictures measures how many photographs a second get their copies in JPEG, in this process, on all cores.
func (b *bench) pictures(ctx context.Context) error {
	if !b.wants("media") {
		return nil
	}
	b.say("media")
	body, err := photograph()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, b.plan.Duration)
	defer stop()
	var done atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, runtime.NumCPU())
	began := time.Now()
	for range runtime.NumCPU() {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := media.ShrinkJPEG(photoName, body, func(media.Shrunk) error { return nil }); err != nil {
					failed <- err
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	select {
	case err := <-failed:
		return fmt.Errorf("shrink a photograph: %w", err)
	default:
	}
	rate := float64(done.Load()) / took.Seconds()
	b.report.add(Row{What: "photographs of 2,000 px in three sizes", Engine: "-", Value: rate, Unit: "photos/s"}.
		judged(photosAim, "≥ 8/s", rate >= photosAim))
	return nil
}

// photograph is a picture as a camera makes it: soft surfaces, edges and noise.
func photograph() ([]byte, error) {
	m := image.NewYCbCr(image.Rect(0, 0, photoWide, photoHigh), image.YCbCrSubsampleRatio420)
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // Noise, not secrets.
	for y := range photoHigh {
		for x := range photoWide {
			m.Y[y*m.YStride+x] = uint8(100 + x*y/3000%80 + x/97%3*20 + dice.IntN(12)) //nolint:gosec // At most 231.
		}
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(100+i%60), uint8(120+i/1000%40) //nolint:gosec // Small by the remainders.
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90})
	return b.Bytes(), err
}
