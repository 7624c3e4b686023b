package load

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// varied writes a catalogue of so many products, the same at every run: those of the plan's catalogue again and again, each
// time with another number, part number, price and colour, so that the vocabulary grows as that of a real one does. It
// gives the file, and queries for what is in it.
func (b *bench) varied(size int) (file string, words []string, err error) {
	files, err := b.catalogue()
	if err != nil {
		return "", nil, err
	}
	file = filepath.Join(b.folder, fmt.Sprintf("varied-%d.json", size))
	out, err := os.Create(file)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(out, 1<<20)
	v := variation{to: w, size: size, chance: rand.New(rand.NewPCG(3, uint64(size)))}
	for round := 0; v.written < size; round++ {
		for _, name := range files {
			if err := eachOf(name, func(raw map[string]any) error { return v.add(raw, round) }); err != nil {
				return "", nil, err
			}
		}
		if v.written == 0 {
			return "", nil, errors.New("the catalogue is empty")
		}
	}
	if _, err := io.WriteString(w, "]\n"); err != nil {
		return "", nil, err
	}
	return file, queries(v.titles, v.chance), w.Flush()
}

// variation writes products.
type variation struct {
	to      io.Writer
	size    int
	written int
	titles  []string // titles are some of the products, for queries.
	chance  *rand.Rand
}

// add writes a product as it is in a round.
func (v *variation) add(raw map[string]any, round int) error {
	if v.written == v.size {
		return nil
	}
	if title, _ := raw["title"].(string); title != "" && v.chance.IntN(8) == 0 && len(v.titles) < 20_000 {
		v.titles = append(v.titles, title)
	}
	if round > 0 {
		mark := fmt.Sprintf("%s%d", string(rune('A'+v.chance.IntN(26))), 1000*round+v.chance.IntN(1000))
		raw["id"] = fmt.Sprintf("%v-%d", raw["id"], round)
		raw["name"] = fmt.Sprintf("%v-%s", raw["name"], mark)
		raw["title"] = fmt.Sprintf("%v %s %s", raw["title"], mark, words[v.chance.IntN(len(words))])
		raw["price"] = 1000 + v.chance.IntN(5_000_000)
		raw["attr_t_product_colour"] = words[v.chance.IntN(len(words))]
		delete(raw, "ean")
	}
	sign := ",\n"
	if v.written == 0 {
		sign = "["
	}
	v.written++
	body, err := json.Marshal(raw)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(v.to, "%s%s", sign, body)
	return err
}

// eachOf reads the products of a packed file.
func eachOf(name string, visit func(map[string]any) error) (err error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	for _, f := range archive.File {
		inside, err := f.Open()
		if err != nil {
			return err
		}
		d := json.NewDecoder(inside)
		if _, err := d.Token(); err != nil {
			return errors.Join(err, inside.Close())
		}
		for d.More() {
			var raw map[string]any
			if err := d.Decode(&raw); err != nil {
				return errors.Join(err, inside.Close())
			}
			if err := visit(raw); err != nil {
				return errors.Join(err, inside.Close())
			}
		}
		if err := inside.Close(); err != nil {
			return err
		}
	}
	return nil
}
