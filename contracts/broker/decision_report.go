package broker

import (
	"cmp"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Report returns the decision in the form that every kind of check has, with the same verdict. Its checks are each version
// that was asked for, and each row that counts. A row of a broken pact fails. What could not be told is Unknown, or, if
// it concerns no version and no row, a problem. Rows that are ignored are not applicable. The times are left to the caller.
func (d Decision) Report() report.Report {
	r := report.Report{Command: "fridaygate can-i-deploy"}
	subject := d.Question.subject()
	check := func(name string) report.Check { return report.Check{Kind: report.Deploy, Subject: subject, Case: name} }
	about := map[string][]Reason{}
	for _, one := range d.Reasons {
		about[one.about] = append(about[one.about], one)
	}
	for _, one := range about[""] {
		r.Problems = append(r.Problems, report.Remark{Kind: report.Deploy, Text: string(one.Kind) + ": " + one.Text + "\nnext: " + one.Next})
	}
	answered := d.Matrix.Rows != nil // Matrix never leaves it nil
	for _, v := range d.Question.Versions {
		c := check(v.String())
		r.Planned = append(r.Planned, c)
		if answered {
			r.Results = append(r.Results, result(c, verdict.Pass, about[v.String()]))
		}
	}
	for _, row := range d.Matrix.Rows {
		c := check(row.String())
		if row.Ignored {
			r.NotApplicable = append(r.NotApplicable, report.NotApplicable{Check: c, Why: "it is ignored (--ignore)"})
			continue
		}
		r.Planned = append(r.Planned, c)
		one := result(c, row.Verified, about[row.String()])
		one.Source = row.Pact
		r.Results = append(r.Results, one)
	}
	for _, note := range d.Notes {
		r.Notes = append(r.Notes, report.Remark{Kind: report.Deploy, Subject: subject, Text: note})
	}
	return r
}

// subject is what is to be deployed, and where.
func (q Question) subject() string {
	names := make([]string, len(q.Versions))
	for i, v := range q.Versions {
		names[i] = v.String()
	}
	subject := "deploy " + strings.Join(names, ", ")
	if there := cmp.Or(q.Environment, q.ToTag); there != "" {
		subject += " to " + there
	}
	return subject
}

// result is what became of a check, and why.
func result(c report.Check, v verdict.Verdict, why []Reason) report.Result {
	r := report.Result{Check: c, Verdict: v}
	for _, one := range why {
		r.Rerun = cmp.Or(r.Rerun, one.Next)
		if one.Kind == Broken {
			r.Verdict, r.Findings = verdict.Fail, append(r.Findings, one.findings()...)
			continue
		}
		if r.Verdict == verdict.Pass {
			r.Verdict = verdict.Unknown
		}
		r.Inconclusive = append(r.Inconclusive, string(one.Kind)+": "+one.Text)
	}
	return r
}

// findings are those of a broken pact: one a mismatch, or, if the broker knows no details, one in all.
func (r Reason) findings() (all []verdict.Finding) {
	for _, i := range r.Interactions {
		for _, m := range i.Mismatches {
			where := strings.TrimSpace(i.Description + ": " + words(m.Attribute, m.Identifier))
			all = append(all, verdict.Finding{Rule: string(Broken), Where: where, Got: m.Description})
		}
		for _, x := range i.Exceptions {
			all = append(all, verdict.Finding{Rule: string(Broken), Where: i.Description, Got: x.Message})
		}
	}
	if len(all) == 0 {
		all = []verdict.Finding{{Rule: string(Broken), Where: r.Link, Got: r.Text}}
	}
	return all
}

// String names the row's versions.
func (r Row) String() string {
	return words(r.Consumer, r.ConsumerVersion) + " with " + words(r.Provider, r.ProviderVersion)
}
