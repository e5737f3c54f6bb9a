package schema

import (
	"net/netip"
	"regexp"
	"strings"
	"sync"
)

// grammar is the syntax of URIs (RFC 3986 appendix A) or of IRIs (RFC 3987 section 2.2).
type grammar struct{ full, relative func() *regexp.Regexp }

// lazily returns what compiles an expression once, when it is needed first: these are large.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

const (
	percent = `%[0-9A-Fa-f]{2}`
	ucschar = `\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}` +
		`\x{10000}-\x{1FFFD}\x{20000}-\x{2FFFD}\x{30000}-\x{3FFFD}\x{40000}-\x{4FFFD}` +
		`\x{50000}-\x{5FFFD}\x{60000}-\x{6FFFD}\x{70000}-\x{7FFFD}\x{80000}-\x{8FFFD}\x{90000}-\x{9FFFD}` +
		`\x{A0000}-\x{AFFFD}\x{B0000}-\x{BFFFD}\x{C0000}-\x{CFFFD}\x{D0000}-\x{DFFFD}\x{E1000}-\x{EFFFD}`
	iprivate  = `\x{E000}-\x{F8FF}\x{F0000}-\x{FFFFD}\x{100000}-\x{10FFFD}`
	subDelims = `!$&'()*+,;=`
)

var (
	uri = newGrammar("", "")
	iri = newGrammar(ucschar, iprivate)
)

// newGrammar builds the syntax; letters and private are what an IRI allows beyond a URI.
func newGrammar(letters, private string) grammar {
	unreserved := `A-Za-z0-9\-._~` + letters
	set := func(more string) string { return `(?:[` + unreserved + subDelims + more + `]|` + percent + `)` }
	var (
		pchar     = set(`:@`)
		literal   = `\[(?:(?P<six>[0-9A-Fa-f:.]+)|[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~` + subDelims + `:]+)\]`
		authority = `(?:` + set(`:`) + `*@)?(?:` + literal + `|` + set(``) + `*)(?::[0-9]*)?`
		abempty   = `(?:/` + pchar + `*)*`
		rootless  = pchar + `+` + abempty
		absolute  = `/(?:` + rootless + `)?`
		noscheme  = set(`@`) + `+` + abempty
		query     = `(?:\?(?:` + pchar + `|[/?` + private + `])*)?`
		fragment  = `(?:#(?:` + pchar + `|[/?])*)?`
	)
	return grammar{
		full: lazily(`^[A-Za-z][A-Za-z0-9+.\-]*:(?://` + authority + abempty + `|` + absolute + `|` + rootless + `|)` +
			query + fragment + `$`),
		relative: lazily(`^(?://` + authority + abempty + `|` + absolute + `|` + noscheme + `|)` + query + fragment + `$`),
	}
}

func (g grammar) absolute(s string) bool { return isPlain(s) || match(g.full(), s) }

func (g grammar) reference(s string) bool { return g.absolute(s) || match(g.relative(), s) }

// isPlain reports whether s is of the form that nearly all are, which is quicker than the whole syntax.
func isPlain(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	return ok && strings.IndexFunc(rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_' && r != '/'
	}) < 0
}

// match also checks what an expression cannot: the groups of an IPv6 address.
func match(syntax *regexp.Regexp, s string) bool {
	parts := syntax.FindStringSubmatch(s)
	if parts == nil {
		return false
	}
	six := parts[syntax.SubexpIndex("six")]
	if six == "" {
		return true
	}
	_, err := netip.ParseAddr(six)
	return err == nil && strings.Contains(six, ":")
}

// template is RFC 6570 section 2, with erratum 6937, which allows the apostrophe in literals.
var template = lazily(`^(?:` +
	`[!#$&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~` + ucschar + iprivate + `]|` + percent + `|` +
	`\{[+#./;?&=,!@|]?` + varspec + `(?:,` + varspec + `)*\})*$`)

const (
	varchar = `(?:[A-Za-z0-9_]|` + percent + `)`
	varspec = varchar + `(?:\.?` + varchar + `)*(?::[1-9][0-9]{0,3}|\*)?`
)

func isURITemplate(s string) bool { return isPlainTemplate(s) || template().MatchString(s) }

// isPlainTemplate reports whether s is a plain URI with variables that are letters, such as https://example.com/a{/id}{?from,to}.
func isPlainTemplate(s string) bool {
	plain, rest, more := strings.Cut(s, "{")
	if !isPlain(plain) {
		return false
	}
	for more {
		var variables string
		if variables, rest, more = strings.Cut(rest, "}"); !more {
			return false
		}
		if variables != "" && strings.IndexByte("+#./;?&", variables[0]) >= 0 {
			variables = variables[1:]
		}
		for name := range strings.SplitSeq(variables, ",") {
			if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
				return false
			}
		}
		if plain, rest, more = strings.Cut(rest, "{"); !isPlain("https://" + plain) {
			return false
		}
	}
	return true
}
