package shard

import (
	"fmt"
	"strconv"
	"strings"
)

// system is how a CI system says which of several equal jobs one is.
type system struct {
	name  string
	index string // the variable with the job's number
	first int    // the number of the first job
	total string // the variable with the number of jobs; "" when there is none
}

// systems are those whose variables are known:
// GitLab (https://docs.gitlab.com/ci/variables/predefined_variables/), where CI_NODE_TOTAL is always set and CI_NODE_INDEX
// only with "parallel"; Buildkite (https://buildkite.com/docs/pipelines/configure/environment-variables); CircleCI
// (https://circleci.com/docs/reference/variables/); Indexed Jobs of Kubernetes, whose pods do not learn .spec.completions
// (https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode). A matrix of GitHub Actions sets no
// variable: its workflow passes the context strategy on, under these names
// (https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#strategy-context).
var systems = []system{
	{"GitLab CI", "CI_NODE_INDEX", 1, "CI_NODE_TOTAL"},
	{"Buildkite", "BUILDKITE_PARALLEL_JOB", 0, "BUILDKITE_PARALLEL_JOB_COUNT"},
	{"CircleCI", "CIRCLE_NODE_INDEX", 0, "CIRCLE_NODE_TOTAL"},
	{"Kubernetes", "JOB_COMPLETION_INDEX", 0, ""},
	{"GitHub Actions", "STRATEGY_JOB_INDEX", 0, "STRATEGY_JOB_TOTAL"},
}

// detect reads the shard from the variables of the one system that sets its own. of is the number of shards, 0 if the
// system must say it.
func detect(of int, lookup func(string) (string, bool)) (Shard, error) {
	var found []system
	var names []string
	for _, one := range systems {
		names = append(names, one.index)
		if value, _ := lookup(one.index); value != "" {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 1:
		return found[0].read(of, lookup)
	case 0:
		return Shard{}, fmt.Errorf("auto: none of %s is set%s", strings.Join(names, ", "), hint(lookup))
	}
	return Shard{}, fmt.Errorf("auto: both %s of %s and %s of %s are set: write the shard as numbers, such as 3/8",
		found[0].index, found[0].name, found[1].index, found[1].name)
}

// hint returns what to do on a system that says less by itself.
func hint(lookup func(string) (string, bool)) string {
	if value, _ := lookup("GITHUB_ACTIONS"); value != "" {
		return ": GitHub Actions sets no variable of a matrix: give the step " +
			"env: {STRATEGY_JOB_INDEX: '${{ strategy.job-index }}', STRATEGY_JOB_TOTAL: '${{ strategy.job-total }}'}"
	}
	if value, _ := lookup("GITLAB_CI"); value != "" {
		return ": GitLab sets CI_NODE_INDEX in jobs with the key parallel"
	}
	return ": write the shard as numbers, such as 3/8"
}

// read returns the shard that the variables of a system name.
func (s system) read(of int, lookup func(string) (string, bool)) (Shard, error) {
	at, err := s.number(s.index, lookup)
	if err != nil {
		return Shard{}, err
	}
	from := s.index
	switch {
	case s.total != "":
		total, err := s.number(s.total, lookup)
		if err != nil {
			return Shard{}, err
		}
		if of != 0 && of != total {
			return Shard{}, fmt.Errorf("auto/%d: %s has %s=%d: write auto", of, s.name, s.total, total)
		}
		of, from = total, from+" and "+s.total
	case of == 0:
		return Shard{}, fmt.Errorf("auto: %s is set, and %s does not say how many there are: write auto/8 where .spec.completions is 8",
			s.index, s.name)
	}
	shard := Shard{Index: at - s.first + 1, Of: of, From: fmt.Sprintf("%s of %s", from, s.name)}
	if shard.Index < 1 || shard.Index > of {
		return Shard{}, fmt.Errorf("auto: %s=%d of %s: must be from %d to %d, as there are %d", s.index, at, s.name, s.first, of+s.first-1, of)
	}
	return shard, nil
}

func (s system) number(name string, lookup func(string) (string, bool)) (int, error) {
	value, _ := lookup(name)
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, fmt.Errorf("auto: %s of %s is %q: must be a whole number", name, s.name, value)
	}
	return n, nil
}
