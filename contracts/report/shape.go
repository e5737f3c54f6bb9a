package report

import (
	"regexp"
	"strconv"
	"strings"
)

// What differs from check to check though the cause is one: times, ids, and numbers that are no status.
var (
	madeTimes  = regexp.MustCompile(` \(\d+ times; this is the first\)$`)
	timestamp  = regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?\b`)
	ownPort    = regexp.MustCompile(`:\d+->`)
	idMember   = regexp.MustCompile(`"(\w*(?:[iI]d|ID))": ?"[^"]*"`)
	word       = regexp.MustCompile(`[\pL\pN_-]+`)
	address    = `\d+(?:\.\d+){3}(?::\d+)?`
	number     = regexp.MustCompile(address + `|(?:\w:)?\b\d+(?:\.\d+)?(?:ns|µs|ms|s|m|h)?\b`)
	statusCode = regexp.MustCompile(`^[1-5]\d\d$`)
)

// idLength is how long a word is that is taken for an id, with two digits at least; a word as long as half as much again needs one.
const idLength = 12

// shapeLimit is how much of a text is looked through, in bytes: what follows must be the same.
const shapeLimit = 2000

// shape returns a text without what differs from check to check.
func shape(text string) string {
	if len(text) > shapeLimit {
		return shape(text[:shapeLimit]) + text[shapeLimit:]
	}
	text = madeTimes.ReplaceAllString(text, "")
	text = timestamp.ReplaceAllString(text, "#")
	text = ownPort.ReplaceAllString(text, ":#->")
	text = idMember.ReplaceAllString(text, `"$1":#`)
	text = word.ReplaceAllStringFunc(text, func(w string) string {
		digits := strings.Count(strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return '0'
			}
			return r
		}, w), "0")
		if len(w) >= idLength && digits >= 2 || len(w) >= idLength*3/2 && digits == 1 {
			return "#"
		}
		return w
	})
	return number.ReplaceAllStringFunc(text, func(n string) string {
		if statusCode.MatchString(n) || strings.Contains(n, ":") || strings.Count(n, ".") == 3 { // an answer, a port, or an address
			return n
		}
		return "#"
	})
}

// deviation returns the shape of what was expected and what came, as a pair: of two counts which is larger, and of an answer that
// accepts its status alone.
func deviation(expected, got string) string {
	got = madeTimes.ReplaceAllString(got, "")
	if more, noun, counts := compareCounts(expected, got); counts {
		return noun + more
	}
	wanted, came := parseAnswer(expected), parseAnswer(got)
	switch {
	case came.status == "":
		return shape(expected) + "\x00" + shape(got)
	case !came.accepted():
		return shape(wanted.before) + wanted.status + "\x00" + shape(got)
	}
	return shape(wanted.before) + wanted.status + "\x00" + shape(came.before) + came.status
}

var counted = regexp.MustCompile(`^(?:at most )?(\d+) (\pL+?)s?\b`)

// compareCounts compares two counts of the same things, such as "1 effect" and "8 effects".
func compareCounts(expected, got string) (relation, noun string, counts bool) {
	a, b := counted.FindStringSubmatch(expected), counted.FindStringSubmatch(got)
	if a == nil || b == nil || a[2] != b[2] {
		return "", "", false
	}
	wanted, errWanted := strconv.Atoi(a[1])
	came, errCame := strconv.Atoi(b[1])
	if errWanted != nil || errCame != nil || wanted == came {
		return "", "", false
	}
	if came < wanted {
		return " fewer", a[2], true
	}
	return " more", a[2], true
}

// receivedAnswer is an answer of HTTP in a text, such as `the other one too: 200 OK {"id":1}`.
type receivedAnswer struct{ before, status, body string }

var answerText = regexp.MustCompile(`^((?:[^{]*: )?)([1-5]\d\d) [A-Z][A-Za-z' -]*(.*)$`)

// parseAnswer returns the answer in a text; without a status there is none, and before is the text.
func parseAnswer(text string) receivedAnswer {
	m := answerText.FindStringSubmatch(strings.ReplaceAll(text, "\n", " "))
	if m == nil {
		return receivedAnswer{before: text}
	}
	return receivedAnswer{m[1], m[2], strings.TrimSpace(m[3])}
}

func (a receivedAnswer) accepted() bool { return strings.HasPrefix(a.status, "2") }

// SameAnswer reports whether two texts name an answer with one status, and, if it is an error, with one text but for ids, times and
// numbers.
func SameAnswer(a, b string) bool {
	x, y := parseAnswer(madeTimes.ReplaceAllString(a, "")), parseAnswer(madeTimes.ReplaceAllString(b, ""))
	return x.status != "" && x.status == y.status && (x.accepted() || shape(x.body) == shape(y.body))
}
