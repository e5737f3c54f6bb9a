package smoke

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/prove"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// proof is a break that the gate must see, at one receiver.
type proof struct {
	report.Check
	folder *folder
	golden fixtures.Fixture
	seeded *prove.Break
}

// proofDeliveries is how many deliveries one proof makes, at most; proofEvents of how many events they are.
const (
	proofDeliveries = 4
	proofEvents     = 2
)

// prove plans the proofs: every break at every receiver, with one of its golden webhooks.
func (p *planner) prove() {
	if !p.options.Prove {
		return
	}
	for _, f := range p.folders {
		golden, found := p.provable(f)
		if !found {
			continue
		}
		for i := range prove.Breaks {
			one := proof{
				Check:  report.Check{Kind: report.Proof, Subject: "breaks made at " + filepath.ToSlash(f.path), Case: prove.Breaks[i].Name},
				folder: f, golden: golden, seeded: &prove.Breaks[i],
			}
			if why := p.unfit(one); why != "" {
				p.plan.NotApplicable = append(p.plan.NotApplicable, report.NotApplicable{Check: one.Check, Severity: string(cases.Critical), Why: why})
				continue
			}
			p.proofs = append(p.proofs, one)
			p.plan.Proofs = append(p.plan.Proofs, one.Check)
		}
	}
}

// provable returns the golden webhook of a folder that most breaks can be tried with.
func (p *planner) provable(f *folder) (best fixtures.Fixture, found bool) {
	most := -1
	for _, golden := range f.chosen {
		n := 0
		for i := range prove.Breaks {
			if p.looksFor(f.fixture(golden), &prove.Breaks[i]) != nil {
				n++
			}
		}
		if golden.Err == nil && n > most {
			best, most, found = golden, n, true
		}
	}
	return best, found
}

// looksFor returns the planned check that is best at seeing a break; nil: none does.
func (p *planner) looksFor(fixture string, b *prove.Break) *Check {
	for _, name := range b.Cases {
		if at := slices.IndexFunc(p.plan.Checks, func(c Check) bool { return c.Fixture == fixture && c.Case == name }); at >= 0 {
			return &p.plan.Checks[at]
		}
	}
	return nil
}

// unfit returns why a break cannot be made at a receiver; "" if it can.
func (p *planner) unfit(one proof) string {
	if why := one.seeded.Unfit(one.folder.contract); why != "" {
		return why
	}
	fixture := one.folder.fixture(one.golden)
	if p.looksFor(fixture, one.seeded) != nil {
		return ""
	}
	for _, n := range p.plan.NotApplicable {
		if n.Subject == fixture && n.Case == one.seeded.Cases[0] {
			return n.Case + " does not apply: " + n.Why
		}
	}
	return "" // the case was left out: nobody would see the break
}

// prove seeds the breaks, some at a time, and calls each with whether the gate saw them, in the order of the plan. became is
// what became of the checks without a break.
func (r *Runner) prove(ctx context.Context, became map[report.Check]verdict.Verdict, each func(report.Result)) {
	results := make([]report.Result, len(r.proofs))
	baselines := map[string]baseline{}
	for _, one := range r.proofs {
		if _, known := baselines[one.Subject]; !known && ctx.Err() == nil {
			baselines[one.Subject] = r.unbroken(ctx, one)
		}
	}
	var proving errgroup.Group // no proof returns an error: what went wrong is in its result
	proving.SetLimit(r.options.Parallel)
	if slices.ContainsFunc(r.proofs, func(one proof) bool { return one.folder.contract.SharedSubject() }) {
		proving.SetLimit(1) // another proof would change the subject too
	}
	for i, one := range r.proofs {
		proving.Go(func() error {
			if ctx.Err() == nil {
				results[i] = r.proven(ctx, one, baselines[one.Subject], became)
			}
			return nil
		})
	}
	_ = proving.Wait()
	for _, result := range results {
		if result.Case != "" {
			r.redactor.Value(&result)
			each(result)
		}
	}
}

// baseline is what a receiver does behind the proxy without a break.
type baseline struct {
	template *prove.Answer
	why      string // why nothing can be proven; "" if it can
}

func (r *Runner) unbroken(ctx context.Context, one proof) baseline {
	result, template, err := r.through(ctx, one, &prove.Break{Name: prove.None}, firstCase, nil, nil)
	switch {
	case err != nil:
		return baseline{why: err.Error()}
	case result.Verdict == verdict.Pass, template != nil && r.receivers[one.folder.path].probe == nil:
		return baseline{template: template}
	}
	return baseline{why: "without a break, and through the proxy, " + firstCase + " did not pass: " + brief(result)}
}

// brief says in a line why a check did not pass.
func brief(r report.Result) string {
	if len(r.Findings) > 0 {
		f := r.Findings[0]
		return fmt.Sprintf("%s: expected %s, got %s", f.Rule, f.Expected, f.Got)
	}
	return strings.Join(r.Inconclusive, "; ")
}

// proven reports whether the gate sees a break.
func (r *Runner) proven(ctx context.Context, one proof, h baseline, became map[report.Check]verdict.Verdict) report.Result {
	b, contract := one.seeded, one.folder.contract
	started := r.now()
	result := report.Result{
		Check: one.Check, Severity: string(cases.Critical), Source: filepath.ToSlash(contract.Path), Sends: "a receiver that " + b.Does,
		Holds: "the gate turns red: " + strings.Join(b.Rules, " or "),
	}
	unseen := func(got, hint string) report.Result {
		result.Verdict = verdict.Fail
		result.Findings = []verdict.Finding{{
			Rule: "break-not-seen", Where: contract.Path, Expected: "red, for " + strings.Join(b.Rules, " or "), Got: got,
			Words: "this gate would not notice a receiver that " + b.Does, Check: []string{hint},
		}}
		return result
	}
	check := r.looksFor(one)
	switch {
	case check == nil:
		return unseen("no check: "+strings.Join(b.Cases, " and ")+" are left out of this run",
			"choose "+b.Cases[0]+" as well: see --case and --except")
	case b.Effects && r.receivers[one.folder.path].probe == nil:
		return unseen(check.Case+" does not look at effects", b.Hint)
	case h.why != "":
		result.Inconclusive = []string{h.why}
		return result
	case became[check.Named()] != verdict.Pass:
		result.Inconclusive = []string{check.Case + " did not pass without the break either: what it says with the break proves nothing"}
		return result
	}
	shown, _, err := r.through(ctx, one, b, check.Case, check, h.template)
	result.Took = r.now().Sub(started)
	at := slices.IndexFunc(shown.Findings, func(f verdict.Finding) bool { return slices.Contains(b.Rules, f.Rule) })
	switch {
	case err != nil:
		result.Inconclusive = []string{"the break could not be made: " + err.Error()}
	case at >= 0:
		result.Verdict, result.Holds = verdict.Pass, fmt.Sprintf("seen by %s (%s)", check.Case, shown.Findings[at].Rule)
	case shown.Verdict == verdict.Fail:
		return unseen(check.Case+" is red for another reason: "+brief(shown), b.Hint)
	case len(shown.Excused) > 0:
		return unseen(check.Case+" failed, and is excused: "+shown.Known, "drop the known failure of "+check.Case)
	case shown.Verdict == verdict.Pass:
		return unseen(check.Case+" passed", b.Hint)
	default:
		result.Inconclusive = shown.Inconclusive
	}
	return result
}

// looksFor returns the planned check that is best at seeing a break; nil: none does.
func (r *Runner) looksFor(one proof) *Check {
	return (&planner{plan: r.plan}).looksFor(one.folder.fixture(one.golden), one.seeded)
}

// through makes a check with the receiver behind a proxy that breaks it. It returns what the check showed, and what the receiver
// answered to the first delivery. The error says why the break could not be made.
func (r *Runner) through(
	ctx context.Context, one proof, b *prove.Break, name string, as *Check, template *prove.Answer,
) (shown report.Result, first *prove.Answer, err error) {
	golden := seededFixture(one.golden, b)
	derived, err := cases.Derive(golden, one.folder.contract, r.plan.ids, name)
	if err != nil || len(derived) != 1 || derived[0].NotApplicable != "" {
		return shown, nil, fmt.Errorf("%s cannot be made from %s", name, one.golden.Path)
	}
	direct := r.receivers[one.folder.path]
	p, err := prove.Start(prove.Options{
		Target: r.target, Transport: upstream(r.options.Transport), Contract: one.folder.contract,
		EventID: derived[0].Rounds[0].EventID, Template: template, Break: b,
	})
	if err != nil {
		return shown, nil, err
	}
	defer func() { _ = p.Close() }() // it was listened to
	behind, err := r.behind(p.URL, direct)
	if err != nil {
		return shown, nil, err
	}
	defer behind.runner.client.Close()
	check := Check{Fixture: one.folder.fixture(one.golden), Case: name}
	if as != nil {
		check = *as
	}
	t := &trial{
		runner: behind.runner, check: check, to: behind.receiver, golden: golden, Case: derived[0], probe: behind.receiver.probe, aside: true,
	}
	t.deliver(ctx, 0)
	t.settle(ctx)
	shown = t.conclude(ctx)
	return shown, p.First(), p.Broken()
}

// upstream returns how a proxy reaches the target: as the run itself does.
func upstream(base *http.Transport) *http.Transport {
	through := &http.Transport{}
	if base != nil {
		through = base.Clone()
	}
	through.DisableCompression, through.DisableKeepAlives, through.ForceAttemptHTTP2 = true, true, true
	return through
}

// seededFixture returns a fixture whose events have ids that nothing else of the run has.
func seededFixture(golden fixtures.Fixture, b *prove.Break) fixtures.Fixture {
	golden.Name += " (" + b.Name + ")"
	return golden
}

// proxied is a receiver behind a proxy, and what sends to it.
type proxied struct {
	runner   *Runner
	receiver *receiver
}

// behind returns a receiver whose deliveries, and whose effects over HTTP, go through a proxy. They count in the same budget.
func (r *Runner) behind(proxy *url.URL, direct *receiver) (proxied, error) {
	child := &Runner{
		options: r.options, plan: r.plan, target: proxy, budget: r.budget, sends: r.sends, looks: r.looks, today: r.today, redactor: r.redactor,
		made: r.made, receivers: map[string]*receiver{}, scouts: map[string]*scout{},
	}
	child.options.Rerun, child.options.Histories = nil, false
	child.client = wire.NewClient(wire.Options{
		Transport: &http.Transport{}, Timeout: r.options.Timeout, Now: r.options.Now, Spend: r.budget.Spend, Wait: r.budget.WaitAsAsked,
	})
	address := *direct.wire.URL
	address.Scheme, address.Host = proxy.Scheme, proxy.Host
	to := &receiver{
		folder: direct.folder, token: direct.token, probe: direct.probe, also: direct.also, learnt: learnt{not: map[symptom]bool{}},
		wire: &wire.Receiver{Contract: direct.contract, URL: &address, Signed: direct.wire.URL, Secret: direct.wire.Secret},
	}
	if direct.contract.Effects.HTTP != nil {
		var err error
		if to.probe, err = (&opening{runner: child, secrets: map[string]string{}}).probe(direct.contract.Effects); err != nil {
			return proxied{}, err
		}
	}
	return proxied{child, to}, nil
}
