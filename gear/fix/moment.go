package fix

// Moments are microseconds since 1970. UTC timestamps are written YYYYMMDD-HH:MM:SS, with thousandths from FIX 4.2 on, and
// read with up to nine digits behind the point (FIX 5.0 SP2 Vol. 1, UTCTimestamp); a sixtieth second is taken as the
// first of the next minute.

const (
	micros    = 1_000_000
	dayMicros = 86400 * micros
)

// moment reads a UTC timestamp.
func moment(b []byte) (int64, bool) {
	if len(b) < 17 || b[8] != '-' || b[11] != ':' || b[14] != ':' {
		return 0, false
	}
	year, month, day := two(b[0:])*100+two(b[2:]), two(b[4:]), two(b[6:])
	hour, minute, second := two(b[9:]), two(b[12:]), two(b[15:])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > monthDays(year, month) {
		return 0, false
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return 0, false
	}
	part := 0
	if len(b) > 17 {
		if b[17] != '.' || len(b) == 18 || len(b) > 27 {
			return 0, false
		}
		unit := micros
		for _, c := range b[18:] {
			if c < '0' || c > '9' {
				return 0, false
			}
			unit /= 10
			part += int(c-'0') * unit
		}
	}
	seconds := int64(hour*3600 + minute*60 + second)
	return daysTo(year, month, day)*dayMicros + seconds*micros + int64(part), true
}

// two reads two digits, or gives a number so far below zero that nothing becomes of it.
func two(b []byte) int {
	d0, d1 := b[0]-'0', b[1]-'0'
	if d0 > 9 || d1 > 9 {
		return -100_000
	}
	return int(d0)*10 + int(d1)
}

func monthDays(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// daysTo counts the days from 1970-01-01, with years that begin in March, so that the leap day is the last.
func daysTo(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day-1) - 719_468
}

// dateOf is the way back.
func dateOf(days int64) (year, month, day int) {
	days += 719_468
	era := days / 146_097
	inEra := days % 146_097
	inCycle := (inEra - inEra/1460 + inEra/36_524 - inEra/146_096) / 365
	inYear := inEra - (365*inCycle + inCycle/4 - inCycle/100)
	m := (5*inYear + 2) / 153
	day = int(inYear-(153*m+2)/5) + 1
	month, year = int(m)+3, int(inCycle+era*400)
	if month > 12 {
		month, year = month-12, year+1
	}
	return year, month, day
}

// appendMoment writes a UTC timestamp, with thousandths or without. Moments before 1970 are written as 1970.
func appendMoment(b []byte, at int64, thousandths bool) []byte {
	at = max(at, 0)
	year, month, day := dateOf(at / dayMicros)
	inDay := at % dayMicros
	seconds := int(inDay / micros)
	b = append2(append2(append2(append2(b, year/100%100), year%100), month), day)
	b = append2(append(b, '-'), seconds/3600)
	b = append2(append(b, ':'), seconds/60%60)
	b = append2(append(b, ':'), seconds%60)
	if thousandths {
		part := int(inDay % micros / 1000)
		b = append2(append(b, '.', byte('0'+part/100)), part%100)
	}
	return b
}

func append2(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }
