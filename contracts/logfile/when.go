package logfile

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// layouts are the forms of a time in a text. Those without a zone are taken for the zone that Time is given. Each reads
// fractions of a second too, after a point or a comma.
var layouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05", "2006/01/02 15:04:05",
	"2006-01-02", time.RFC1123Z, time.RFC1123, "02/Jan/2006:15:04:05 -0700",
}

// longestTime is how long a text may be, in bytes, to be read as a time.
const longestTime = 64

// Time reads a time as logs write it: one of the usual layouts, or Unix time in seconds or, when that would be after the year 2286,
// in milliseconds, microseconds or nanoseconds. A time without a zone is one of zone; nil is UTC. precision is the unit of the last
// digit: what happened may have happened up to that much later.
func Time(written string, zone *time.Location) (at time.Time, precision time.Duration, ok bool) {
	if len(written) > longestTime || written == "" {
		return time.Time{}, 0, false
	}
	if c := written[0]; c == '-' || c >= '0' && c <= '9' {
		if at, precision, ok = unix(written); ok {
			return at, precision, true
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, written, zone); err == nil {
			return at.UTC(), precisionOf(layout, written), true
		}
	}
	return time.Time{}, 0, false
}

// precisionOf returns the unit of the last digit of a time.
func precisionOf(layout, written string) time.Duration {
	if !strings.Contains(layout, "15") {
		return 24 * time.Hour
	}
	_, seconds, _ := strings.Cut(written, ":")
	at := strings.IndexAny(seconds, ".,")
	if at < 0 {
		return time.Second
	}
	decimals := seconds[at+1:]
	return unit(len(decimals) - len(strings.TrimLeft(decimals, "0123456789")))
}

// unit is that of a second's last decimal.
func unit(decimals int) time.Duration {
	return time.Duration(math.Pow10(max(9-decimals, 0)))
}

const largest = 1e10 // seconds since 1970: in the year 2286

// unix reads Unix time. What would be before 1973 is taken for some other number.
func unix(written string) (at time.Time, precision time.Duration, ok bool) {
	number, err := strconv.ParseFloat(written, 64)
	if err != nil || number < 1e8 || number > largest*1e9 {
		return time.Time{}, 0, false
	}
	scale := time.Second
	for number > largest {
		number /= 1000
		scale /= 1000
	}
	if strings.ContainsAny(written, "eEpP_") {
		return time.Unix(0, 0).UTC().Add(time.Duration(number * float64(scale))).Round(time.Microsecond), time.Microsecond, true
	}
	digits, decimals, _ := strings.Cut(written, ".")
	whole, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return time.Time{}, 0, false
	}
	at = time.Unix(0, 0).UTC().Add(time.Duration(whole) * scale)
	precision = scale
	if decimals != "" {
		part, err := strconv.ParseFloat("0."+decimals, 64)
		if err != nil {
			return time.Time{}, 0, false
		}
		at = at.Add(time.Duration(math.Round(part * float64(scale))))
		precision = max(scale/time.Duration(math.Pow10(min(len(decimals), 9))), 1)
	}
	return at, precision, true
}

// dated matches a time within a text.
var dated = regexp.MustCompile(`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?|` +
	`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}`)

// TimeIn returns the first time that a text holds, and where it ends. Only the beginning of the text is searched.
func TimeIn(text string, zone *time.Location) (at time.Time, precision time.Duration, from, to int, ok bool) {
	const searched = 256
	found := dated.FindStringIndex(text[:min(len(text), searched)])
	if found == nil {
		return time.Time{}, 0, 0, 0, false
	}
	at, precision, ok = Time(text[found[0]:found[1]], zone)
	return at, precision, found[0], found[1], ok
}
