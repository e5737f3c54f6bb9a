package smoke

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// receiver is what a run holds open for one folder.
type receiver struct {
	*folder
	wire  *wire.Receiver
	token string      // of challenges; "" when they hold none
	probe probe.Probe // nil: no observable effects
	also  probe.Probe // the second one; nil when the contract names none
	hooks Hooks

	learnt learnt
}

// opening opens receivers, and collects the secrets that they need.
type opening struct {
	runner  *Runner
	secrets map[string]string // by the names of their variables
}

// open opens what the folder's contract names. What was opened before an error is closed.
func (o *opening) open(f *folder) (*receiver, error) {
	r := &receiver{folder: f, hooks: o.runner.options.Hooks.or(f.contract.Hooks), learnt: learnt{not: map[symptom]bool{}}}
	r.wire = &wire.Receiver{Contract: f.contract}
	for _, step := range []func(*receiver) error{o.address, o.commands, o.secret, o.probes, o.challenge} {
		if err := step(r); err != nil {
			return nil, errors.Join(err, r.close())
		}
	}
	return r, nil
}

func (o *opening) address(r *receiver) (err error) {
	below, _ := r.contract.Endpoint.PathAndQuery()
	if r.wire.URL, err = url.Parse(o.runner.target.JoinPath(below).String()); err != nil { // JoinPath adds the path's first slash
		return fmt.Errorf("%s: endpoint.path: %w", r.contract.Path, err)
	}
	return nil
}

// commands checks that the environment allows the programs that the contract names: nothing else keeps them from hosts that
// are not listed.
func (o *opening) commands(r *receiver) error {
	e := o.runner.options.Environment
	if e == nil {
		return nil
	}
	hooks := r.contract.Hooks
	named := map[string][]string{"hooks.restart": hooks.Restart, "hooks.fail_next": hooks.FailNext, "hooks.advance": hooks.Advance}
	for key, effects := range map[string]*webhook.Effects{"effects": &r.contract.Effects, "effects.also": r.contract.Effects.Also} {
		if effects != nil && effects.Command != nil {
			named[key+".command.run"] = effects.Command.Run
		}
	}
	var refused []error
	for _, key := range slices.Sorted(maps.Keys(named)) {
		if words := named[key]; len(words) > 0 {
			if err := e.AllowCommand(words[0]); err != nil {
				refused = append(refused, fmt.Errorf("%s: %s: %w", r.contract.Path, key, err))
			}
		}
	}
	return errors.Join(refused...)
}

// secret looks up what the receiver shares with its sender, where deliveries are signed.
func (o *opening) secret(r *receiver) error {
	if r.contract.Scheme.Unsigned != "" {
		return nil
	}
	name := r.contract.Signature.SecretEnv
	secret, err := o.lookup(r, "signature.secret_env", name, "secret")
	if err != nil {
		return err
	}
	if _, err := r.contract.Scheme.Sign(secret, sign.Message{}); err != nil {
		return fmt.Errorf("%s: signature.secret_env: the variable %s: %w", r.contract.Path, name, err)
	}
	r.wire.Secret = secret
	return nil
}

// lookup returns a variable that holds something secret, which no report may show.
func (o *opening) lookup(r *receiver, key, name, what string) (string, error) {
	value, ok := o.runner.options.LookupEnv(name)
	if !ok || value == "" {
		return "", fmt.Errorf("%s: %s: the variable %s is not set: export the %s that %s shares with its sender",
			r.contract.Path, key, name, what, r.contract.Receiver)
	}
	o.secrets[name] = value
	return value, nil
}

func (o *opening) probes(r *receiver) (err error) {
	if r.probe, err = o.probe(r.contract.Effects); err != nil {
		return fmt.Errorf("%s: %w", r.contract.Path, err)
	}
	if second := r.contract.Effects.Also; second != nil {
		if r.also, err = o.probe(*second); err != nil {
			return fmt.Errorf("%s: effects.also: %w", r.contract.Path, err)
		}
	}
	return nil
}

func (o *opening) probe(effects webhook.Effects) (probe.Probe, error) {
	needs := probe.Options{Target: o.runner.target, Client: o.runner.client.HTTP(), LookupEnv: o.runner.options.LookupEnv}
	if e := o.runner.options.Environment; e != nil {
		needs.Hosts = &e.Hosts
	}
	p, err := probe.New(effects, needs)
	if err == nil && effects.SQL != nil {
		o.secrets[effects.SQL.URLEnv], _ = o.runner.options.LookupEnv(effects.SQL.URLEnv)
	}
	return p, err
}

// challenge looks up the token of the contract's challenge, and listens for confirmations.
func (o *opening) challenge(r *receiver) (err error) {
	if name := r.contract.Challenge.TokenEnv; name != "" {
		if r.token, err = o.lookup(r, "challenge.token_env", name, "token"); err != nil {
			return err
		}
	}
	if address := r.contract.Challenge.Confirm; address != "" {
		if r.wire.Confirmations, err = wire.ListenForConfirmations(address); err != nil {
			return fmt.Errorf("%s: %w", r.contract.Path, err)
		}
	}
	return nil
}

func (r *receiver) close() error {
	var failed []error
	for _, one := range []probe.Probe{r.probe, r.also} {
		if one != nil {
			failed = append(failed, one.Close())
		}
	}
	if r.wire.Confirmations != nil {
		failed = append(failed, r.wire.Confirmations.Close())
	}
	return errors.Join(failed...)
}
