package analysis

import (
	"strings"
	"testing"
)

// BenchmarkQuery is a query as buyers type it, in three languages.
func BenchmarkQuery(b *testing.B) {
	for b.Loop() {
		Query("samsung тоңазытқыштар двухкамерный 300 л", "ru")
	}
}

// BenchmarkQueryLong is the worst that a query can be.
func BenchmarkQueryLong(b *testing.B) {
	long := strings.Repeat("qазақстандағы ", 700)
	for b.Loop() {
		Query(long, "")
	}
}

// BenchmarkPrefix is one key of a word being typed.
func BenchmarkPrefix(b *testing.B) {
	for b.Loop() {
		Prefix("samsung тоңазы")
	}
}

// shopText is a card of goods in three languages.
const shopText = "Тоңазытқыш Samsung RB37A5491, үлкен отбасыларға арналған екі камералы тоңазытқыш. Холодильник двухкамерный с нижней морозильной " +
	"камерой, общий объём 367 л, технология No Frost, цвет серебристый. Refrigerator with bottom freezer, 367 litres, silver, A++ class. " +
	"Кепілдік 12 ай, Алматы қаласында тегін жеткізу."

// BenchmarkDocument reads a card whose words are known; the measure word is the time of one word.
func BenchmarkDocument(b *testing.B) {
	words := len(tokensOf(shopText))
	for b.Loop() {
		Document(shopText)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*words), "ns/word")
}

// BenchmarkNewWord works out the terms of a word that was never seen.
func BenchmarkNewWord(b *testing.B) {
	for b.Loop() {
		newTerms("тоңазытқыштарымыздағы", cyrillic)
	}
}

// BenchmarkKazakhStem takes one word apart.
func BenchmarkKazakhStem(b *testing.B) {
	for b.Loop() {
		KazakhStem("тоңазытқыштарымыздағы")
	}
}
