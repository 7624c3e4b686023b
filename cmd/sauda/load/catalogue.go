package load

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// catalogue gives the files to import: those of the folder, or a file of made-up products of the same kind. They are
// linked into the bench's folder, because an import writes beside its files what it refused.
func (b *bench) catalogue() ([]string, error) {
	if b.plan.Catalogue == "" {
		return b.generated()
	}
	files, err := filepath.Glob(filepath.Join(b.plan.Catalogue, "*.json.zip"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there are no *.json.zip in %s", b.plan.Catalogue)
	}
	slices.Sort(files)
	for n, file := range files {
		linked := filepath.Join(b.folder, filepath.Base(file))
		whole, e := filepath.Abs(file)
		if e = errors.Join(e, os.Symlink(whole, linked)); e != nil && !errors.Is(e, os.ErrExist) {
			return nil, errors.Join(err, e)
		}
		files[n] = linked
	}
	return files, err
}

// generatedProducts is about as many as the Icecat files hold.
const generatedProducts = 20_000

// generated writes a catalogue in the form of the Icecat files, the same at every run: about twenty attributes a product,
// as they have.
func (b *bench) generated() (files []string, err error) {
	file := filepath.Join(b.folder, "generated.json.zip")
	if _, err := os.Stat(file); err == nil {
		return []string{file}, nil
	}
	many := b.plan.Generated
	if many == 0 {
		many = generatedProducts
	}
	chance := rand.New(rand.NewPCG(1, 2))
	products := make([]map[string]any, many)
	for n := range products {
		products[n] = madeUp(n, chance)
	}
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	archive := zip.NewWriter(out)
	inside, err := archive.Create("generated.json")
	if err != nil {
		return nil, err
	}
	return []string{file}, errors.Join(json.NewEncoder(inside).Encode(products), archive.Close())
}

var (
	makers = []string{"Arka", "Baiterek", "Caspi", "Dala", "Ertis", "Falcon", "Gorizont", "Han", "Ile", "Jetisu"}
	things = []string{"Notebook", "Printer", "Monitor", "Toner cartridge", "Cable", "Keyboard", "Router", "Camera", "Headset", "Battery"}
	words  = strings.Fields("black white silver compact wireless original fast quiet light strong wide thin bright smart safe simple")
)

// madeUp is one product.
func madeUp(n int, chance *rand.Rand) map[string]any {
	maker, thing := makers[chance.IntN(len(makers))], things[chance.IntN(len(things))]
	some := func() string { return words[chance.IntN(len(words))] }
	p := map[string]any{
		"id": fmt.Sprint(1_000_000 + n), "name": fmt.Sprintf("%s-%06d", maker[:2], n), "supplier": maker,
		"title":             fmt.Sprintf("%s %s %s %s %06d", maker, thing, some(), some(), n),
		"short_description": fmt.Sprintf("%s, %s, %s, %s and %s, by %s", thing, some(), some(), some(), some(), maker),
		"price":             1000 + chance.IntN(500_000), "ean": []string{}, "date_released": "2020-01-01T00:00:00Z",
		"img_high": fmt.Sprintf("https://pictures.example/high/%d.jpg", n), "img_thumb": fmt.Sprintf("https://pictures.example/thumb/%d.jpg", n),
		"attr_t_product_type": thing,
	}
	for k := range 8 {
		p[fmt.Sprintf("attr_t_property_%d", chance.IntN(60))] = some() + " " + some()
		p[fmt.Sprintf("attr_n_measure_%d", chance.IntN(60))] = float64(chance.IntN(10_000)) / 10
		p[fmt.Sprintf("attr_b_has_%d", k)] = chance.IntN(2) == 1
	}
	return p
}
