package index

// Crowned tells whether every large segment knows its champions.
func Crowned(x *Index) bool {
	for _, h := range x.now.Load().holds {
		if h.seg.len() >= crowdMin && h.seg.champions.of.Load() == nil {
			return false
		}
	}
	return true
}

// Bounds are where ranges begin, and Bucket is how many of them are not above a number.
var (
	Bounds = bounds[:]
	Bucket = bucket
)

// Frequent gives the words that most documents have, of so many documents each.
func Frequent(dfs []uint32, from, to, most int) []int {
	t := terms{dfs: dfs}
	return t.frequent(from, to, most)
}

// Places gives the places of a column of documents at which some of so many stand.
func Places(docs, some []uint32, many int) (places []int) {
	in := newBitmap(many)
	for _, doc := range some {
		in.set(doc)
	}
	(&column{docs: docs}).each(in, func(i int) { places = append(places, i) })
	return places
}
