package smoke

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fridaygate/fridaygate/smoke/shard"
)

// fingerprint returns the SHA-256, in hex, of all that decides what the shards of one run do: the program, the run id, the
// choice of cases, the golden webhooks, the files that describe them, the smoke contracts, and which shard each unit goes to.
func (p *planner) fingerprint(units []shard.Unit, to []int) (string, error) {
	sum := sha256.New()
	lines := json.NewEncoder(sum)
	o := p.options
	failed := lines.Encode([]any{o.Version, o.RunID, o.Share.Shard.Of, o.Share.Own, o.Cases, o.Except})
	for _, file := range p.files() {
		text, err := os.ReadFile(file)
		failed = errors.Join(failed, err, lines.Encode([]any{file, sha256.Sum256(text)}))
	}
	for _, f := range p.folders {
		for _, g := range f.chosen {
			failed = errors.Join(failed, lines.Encode([]any{g.Path, sha256.Sum256(g.Body), g.Header, g.Err != nil}))
		}
	}
	for _, c := range o.contracts() {
		failed = errors.Join(failed, lines.Encode([]any{c.Name, c.Request, c.Pact}))
	}
	for i, unit := range units {
		failed = errors.Join(failed, lines.Encode([]any{unit.Name, to[i]}))
	}
	if failed != nil {
		return "", fmt.Errorf("fingerprint of the plan: %w", failed)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// files returns the files that describe the receivers and the environment.
func (p *planner) files() []string {
	var all []string
	for _, f := range p.folders {
		all = append(all, f.contract.Path)
		for _, schema := range []string{f.contract.Schema, f.contract.Result} {
			if schema != "" {
				all = append(all, filepath.Join(f.path, schema))
			}
		}
	}
	if e := p.options.Environment; e != nil {
		all = append(all, e.Path)
	}
	return all
}
