package gift

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"sauda/base/span"
	"sauda/core/gift/giftdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// alphabet has no letters that are read as digits or as each other (Crockford's base 32).
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is 80 random bits: nobody guesses one of a million certificates.
const codeLength = 16

// freshCode gives a code in groups of four.
func freshCode() string {
	raw := make([]byte, codeLength)
	_, _ = rand.Read(raw) // crypto/rand ends the process rather than fail.
	var code strings.Builder
	for i, b := range raw {
		if i > 0 && i%4 == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(alphabet[int(b)%len(alphabet)]) // 256 is a multiple of 32.
	}
	return code.String()
}

// alike are signs that people type for others.
var alike = strings.NewReplacer("O", "0", "I", "1", "L", "1", "О", "0", "А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "Р", "P", "С", "C", "Т", "T", "Х", "X")

// digest gives a code in the form in which it is kept, or nothing for what cannot be one.
func digest(code string) string {
	var kept strings.Builder
	for _, r := range alike.Replace(strings.ToUpper(code)) {
		if strings.ContainsRune(alphabet, r) {
			kept.WriteRune(r)
		} else if r != '-' && r != ' ' {
			return ""
		}
	}
	if kept.Len() != codeLength {
		return ""
	}
	sum := sha256.Sum256([]byte(kept.String()))
	return hex.EncodeToString(sum[:])
}

// Seal gives a certificate a new code, which is told to nobody but who is sent it; the one before opens nothing from now on.
// One that is not paid, or has ended, is ErrUnsent.
func Seal(tx *db.Tx, id ID) (code string, err error) {
	code = freshCode()
	rows, err := giftdb.New(tx).SetCode(tx.Context(), giftdb.SetCodeParams{
		ID: string(id), Hash: digest(code), Hint: code[len(code)-4:], At: span.Micros(tx.Now()),
	})
	if err == nil && rows == 0 {
		err = ErrUnsent.About("%s", id)
	}
	return code, err
}

// Resend asks for the letter of a certificate once more. It goes with a new code, and the one before opens nothing then. One of another
// seller is ErrUnknown, and one that is not good, or was not sent yet, ErrUnsent.
func Resend(tx *db.Tx, of seller.ID, id ID) error {
	c, err := Get(tx, id)
	if err != nil {
		return err
	}
	if c.Seller != of {
		return ErrUnknown.About("%s is of %s", id, c.Seller)
	}
	if c.State(Today(tx)) != StateGood || c.Sent.IsZero() {
		return ErrUnsent.About("%s", id)
	}
	return tx.Emit(LetterWanted{Gift: id})
}

// Find gives the certificate of a code. What is no code, or of none, is ErrUnknown. Whoever asks brakes those who guess.
func Find(tx *db.Tx, code string) (Certificate, error) {
	hash := digest(code)
	if hash == "" {
		return Certificate{}, ErrUnknown
	}
	rows, err := giftdb.New(tx).ByHash(tx.Context(), hash)
	if err != nil {
		return Certificate{}, err
	}
	if len(rows) == 0 {
		return Certificate{}, ErrUnknown
	}
	all, err := certificates(tx, rows)
	if err != nil {
		return Certificate{}, err
	}
	return all[0], nil
}

// ToSend gives certificates whose day has come and that were not sent, at most so many.
func ToSend(tx *db.Tx, limit int) ([]ID, error) {
	rows, err := giftdb.New(tx).ToSend(tx.Context(), giftdb.ToSendParams{Day: Today(tx).String(), Page: int64(limit)})
	ids := make([]ID, len(rows))
	for i, id := range rows {
		ids[i] = ID(id)
	}
	return ids, err
}
