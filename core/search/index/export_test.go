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
