package triage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/revision"
)

// seen is what the replicas of one side said of themselves.
type seen struct {
	all []revision.Seen
	err error
}

func (s *Side) seen(ctx context.Context) seen {
	if s.Revision == nil {
		return seen{err: fmt.Errorf("%s does not say where the revision is: add revision, such as {url: /version, revision: /revision}", s.File)}
	}
	all, err := s.look(ctx)
	return seen{all, err}
}

// hash returns the config hash of a side; "" if it is not known.
func (s *Side) hash(of seen) string {
	if of.err != nil || s.Revision == nil || !s.Revision.ConfigHash.Named() {
		return ""
	}
	return of.all[0].ConfigHash
}

// replicas judges whether the replicas of a service agree.
func (r *run) replicas() report.Result {
	result := r.result(Replicas)
	if r.seenA.err != nil {
		return unknown(result, r.seenA.err)
	}
	var lines []string
	for _, one := range r.seenA.all {
		line := one.Where + " runs " + one.Revision
		if one.ConfigHash != "" {
			line += " with the settings " + one.ConfigHash
		}
		lines = append(lines, line)
	}
	result.Received = strings.Join(lines, "\n")
	result.Verdict = verdict.Pass
	if problem := r.options.A.Revision.Problem(r.seenA.all); problem != "" {
		result.Verdict = verdict.Fail
		result.Findings = []verdict.Finding{{Rule: Replicas, Got: problem, Expected: "one revision, one config hash",
			Check: []string{described(Replicas).Next}}}
	}
	return result
}

// config compares the settings of the two sides: by their hash, and where it differs, or is not known, one by one.
func (r *run) config(ctx context.Context) report.Result {
	result, a, b := r.result(Config), r.options.A, r.options.B
	if r.seenA.err == nil && r.seenB.err == nil && r.seenA.all[0].Revision != r.seenB.all[0].Revision {
		result.Notes = append(result.Notes, fmt.Sprintf("%s runs %s, and %s runs %s", a.Name, r.seenA.all[0].Revision, b.Name,
			r.seenB.all[0].Revision))
	}
	hashA, hashB := a.hash(r.seenA), b.hash(r.seenB)
	hashes := hashA != "" && hashB != ""
	if hashes {
		result.Received = fmt.Sprintf("%s has the config hash %s, and %s has %s", a.Name, hashA, b.Name, hashB)
		if hashA == hashB {
			result.Received = fmt.Sprintf("both have the config hash %s", hashA)
			result.Verdict = verdict.Pass
			return result
		}
	}
	if s := a.Mapping.Settings; s != nil {
		result.Sent = "GET " + shownURL(s.URL.String())
	}
	differ, may, err := r.differences(ctx)
	switch {
	case err != nil && hashes:
		result.Notes = append(result.Notes, "which settings differ is not known: "+err.Error())
		differ = []verdict.Finding{{Rule: "config-hash", Expected: hashB + " (" + b.Name + ")", Got: hashA + " (" + a.Name + ")"}}
	case err != nil:
		return unknown(result, errors.Join(r.seenA.err, r.seenB.err, err))
	case len(differ) == 0 && len(may) == 0 && hashes:
		differ = []verdict.Finding{{Rule: "config-hash", Expected: hashB + " (" + b.Name + ")", Got: hashA + " (" + a.Name + ")",
			Words: "no setting that is shown differs: one that is not shown does"}}
	}
	if len(may) > 0 {
		result.Notes = append(result.Notes, "these may differ, and do: "+strings.Join(may, ", "))
	}
	if len(differ) == 0 {
		result.Verdict = verdict.Pass
		result.Received = strings.TrimPrefix(result.Received+"\nno setting differs that should not", "\n")
		return result
	}
	differ[0].Check = []string{described(Config).Next}
	result.Verdict, result.Findings = verdict.Fail, differ
	return result
}

// differences returns the settings that differ, and the pointers to those that may.
func (r *run) differences(ctx context.Context) (differ []verdict.Finding, may []string, err error) {
	a, b := r.options.A, r.options.B
	for _, s := range []*Side{a, b} {
		if s.Mapping.Settings == nil {
			return nil, nil, fmt.Errorf("%s does not say where the settings are shown: add triage.settings", s.File)
		}
	}
	here, errA := a.settings(ctx)
	there, errB := b.settings(ctx)
	if err := errors.Join(errA, errB); err != nil {
		return nil, nil, err
	}
	all := maps.Clone(here)
	maps.Copy(all, there)
	for _, at := range slices.Sorted(maps.Keys(all)) {
		if here[at] == there[at] {
			continue
		}
		if a.Mapping.Settings.may(at) || b.Mapping.Settings.may(at) {
			may = append(may, at)
			continue
		}
		differ = append(differ, verdict.Finding{Rule: "setting", Where: at, Expected: shown(at, there[at]) + " (" + b.Name + ")",
			Got: shown(at, here[at]) + " (" + a.Name + ")"})
	}
	return differ, may, nil
}

// may reports whether a setting, or the group that it is in, may differ.
func (s *Settings) may(at string) bool {
	for ; at != "" && at != "/"; at = path.Dir(at) {
		if slices.Contains(s.MayDiffer, at) {
			return true
		}
	}
	return false
}

// settings returns the settings that a service shows, as JSON, by the pointers to them.
func (s *Side) settings(ctx context.Context) (map[string]string, error) {
	u := s.Mapping.Settings.URL.String()
	body, err := s.json(ctx, u)
	if err != nil {
		return nil, err
	}
	value, err := probe.At(body, s.Mapping.Settings.At)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w: correct triage.settings in %s", shownURL(u), err, s.File)
	}
	object, ok := value.(map[string]any)
	if !ok || len(object) == 0 {
		return nil, fmt.Errorf("GET %s: there is no object with settings at %q: correct triage.settings in %s", shownURL(u),
			s.Mapping.Settings.At, s.File)
	}
	all := map[string]string{}
	flatten(all, "", object)
	return all, nil
}

// flatten collects the values below a value. A list is one value.
func flatten(into map[string]string, at jsontext.Pointer, value any) {
	if object, ok := value.(map[string]any); ok && len(object) > 0 {
		for name, below := range object {
			flatten(into, at.AppendToken(name), below)
		}
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("(no JSON)") // what came from JSON is JSON
	}
	into[string(at)] = string(text)
}

var (
	secretName = regexp.MustCompile(`(?i)secret|passw|token|credential|api_?-?key|private|signing|dsn|cookie|salt|auth`)
	userInfo   = regexp.MustCompile(`://[^/@\s"]+@`)
)

// shown returns a setting for people: nothing of one that is called a secret, and no user and password of a URL.
func shown(at, value string) string {
	const most = 60
	switch {
	case value == "":
		return "(not set)"
	case secretName.MatchString(at):
		return "(not shown)"
	}
	return excerpt.Head(userInfo.ReplaceAllString(value, "://…@"), most)
}
