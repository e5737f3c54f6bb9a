package senders

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Basis is what a line of a profile rests on.
type Basis string

// The kinds of basis, the firmest first.
const (
	Confirmed   Basis = "confirmed"      // it was read in the vendor's page, specification or library, or recorded of deliveries
	SecondHand  Basis = "at second hand" // others quote the vendor's page
	Unconfirmed Basis = "not confirmed"  // nothing that was found says so
	Ours        Basis = "ours"           // no vendor says it: a choice of Fridaygate's, in the sender's favour
)

// Line is one setting of a profile.
type Line struct {
	Setting string // as the file has it
	Basis   Basis
	Source  string // of Confirmed and SecondHand: where it is said, and when that was read
	Says    string // what the source says, in our words; what is missing, or why we chose so
}

// The comments of a profile that Explain reads:
//
//	# source NAME: WHERE (read YYYY-MM)      or quoted, or recorded; more may follow the date
//	setting: value # NAME: what it says      or `not confirmed: …`, or `ours: …`; a further `NAME: …` may follow
var (
	sourceLine  = regexp.MustCompile(`^# source ([a-z]+): (\S.* \((read|quoted|recorded) \d{4}-\d{2}\b.*\))$`)
	settingLine = regexp.MustCompile(`^\s*(\S.*) # ([a-z]+(?: confirmed)?): (\S.*)$`)
)

// Explain returns the settings of a profile, each with what it rests on. The error names the line that does not say it.
func Explain(name string) ([]Line, error) {
	text, err := Open(name)
	if err != nil {
		return nil, err
	}
	lines, err := explain(string(text))
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return lines, nil
}

func explain(text string) ([]Line, error) {
	sources, how := map[string]string{}, map[string]Basis{
		"read": Confirmed, "recorded": Confirmed, "quoted": SecondHand,
	}
	bases := map[string]Basis{string(Unconfirmed): Unconfirmed, string(Ours): Ours}
	var all []Line
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if found := sourceLine.FindStringSubmatch(line); found != nil {
			sources[found[1]], bases[found[1]] = found[2], how[found[3]]
			continue
		}
		if strings.HasPrefix(line, "#") || strings.HasSuffix(line, ":") {
			continue // a remark, or a section whose settings follow
		}
		found := settingLine.FindStringSubmatch(line)
		if found == nil || bases[found[2]] == "" {
			return nil, fmt.Errorf("%q: must end with a comment that names a source, such as # page: …, or with # not confirmed: "+
				"… or # ours: …", line)
		}
		all = append(all, Line{Setting: found[1], Basis: bases[found[2]], Source: sources[found[2]], Says: found[3]})
	}
	for source := range sources {
		if !slices.ContainsFunc(all, func(l Line) bool { return l.Source == sources[source] || strings.Contains(l.Says, source+": ") }) {
			return nil, fmt.Errorf("source %s: no line names it", source)
		}
	}
	return all, nil
}
