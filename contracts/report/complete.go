package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// origin is what the shards of one run have in common.
type origin struct {
	runID, target, plan, kind string
	of, units                 int
}

func (n named) origin() origin {
	return origin{n.RunID, n.Target, n.Shard.Plan, n.Shard.Kind, n.Shard.Of, n.Shard.Units}
}

// incomplete returns why shards are not one whole run: some are of another run, or one is missing, or there twice.
func incomplete(shards []named) []string {
	if len(shards) == 0 {
		return nil
	}
	run := usual(shards)
	files := map[int][]string{} // by the index of their shard
	has := 0
	var all []string
	for _, one := range shards {
		if why := one.differs(run); why != "" {
			all = append(all, why)
			continue
		}
		if len(files[one.Shard.Index]) == 0 {
			has += one.Shard.Has
		}
		files[one.Shard.Index] = append(files[one.Shard.Index], one.file)
		if planned := one.shared(); one.Shard.Kind == "check" && one.Shard.Has != planned {
			all = append(all, fmt.Sprintf("%s: it says that it has %d checks, and planned %d", one.file, one.Shard.Has, planned))
		}
	}
	all = few(all)
	for _, index := range slices.Sorted(maps.Keys(files)) {
		if len(files[index]) > 1 {
			all = append(all, fmt.Sprintf("shard %d of %d is there more than once: %s", index, run.Shard.Of, strings.Join(files[index], ", ")))
		}
	}
	switch missing := gaps(files, run.Shard.Of); {
	case missing != "":
		all = append(all, fmt.Sprintf("of %d shards %s missing: %d of the run's %d %ss are in the reports",
			run.Shard.Of, missing, has, run.Shard.Units, run.Shard.Kind))
	case len(all) == 0 && has != run.Shard.Units:
		all = append(all, fmt.Sprintf("the shards have %d %ss, and their run has %d", has, run.Shard.Kind, run.Shard.Units))
	}
	return all
}

// shared returns how many of the checks were shared out: each shard cleans up what it made itself.
func (n named) shared() (checks int) {
	for _, c := range n.Planned {
		if c.Kind != Cleanup {
			checks++
		}
	}
	return checks
}

// usual returns a shard of the run that most of them are of.
func usual(shards []named) named {
	count := map[origin]int{}
	for _, one := range shards {
		count[one.origin()]++
	}
	found := shards[0]
	for _, one := range shards {
		if count[one.origin()] > count[found.origin()] {
			found = one
		}
	}
	return found
}

// differs returns why a shard is of another run than the usual one; "" if it is of the same.
func (n named) differs(usual named) string {
	mixed := func(what, one, other string) string {
		return fmt.Sprintf("two runs are mixed: %s is of %s %s, and %s of %s", usual.file, what, one, n.file, other)
	}
	a, b := usual.origin(), n.origin()
	switch {
	case n.Shard.Index < 1 || n.Shard.Index > n.Shard.Of:
		return fmt.Sprintf("%s: there is no %s", n.file, n.Shard)
	case a.runID != b.runID:
		return mixed("run id", a.runID, b.runID)
	case a.target != b.target:
		return mixed("target", a.target, b.target)
	case a.of != b.of:
		return mixed("a run of", fmt.Sprintf("%d shards", a.of), fmt.Sprintf("%d", b.of))
	case a != b:
		return fmt.Sprintf("two runs are mixed: %s and %s are of one run id and target, and of two plans: their fixtures, webhook.yaml, "+
			"environment file, cases, --shard-timings or versions of fridaygate differ", usual.file, n.file)
	}
	return ""
}

// gaps returns the shards that no file has, such as "2, 5 to 7 are"; "" when all are there.
func gaps(files map[int][]string, of int) string {
	var all []string
	from := 1
	for _, index := range append(slices.Sorted(maps.Keys(files)), of+1) {
		switch {
		case index == from+1:
			all = append(all, fmt.Sprint(from))
		case index > from+1:
			all = append(all, fmt.Sprintf("%d to %d", from, index-1))
		}
		from = index + 1
	}
	switch {
	case len(all) == 0:
		return ""
	case len(all) == 1 && !strings.Contains(all[0], " "):
		return all[0] + " is"
	}
	return strings.Join(all, ", ") + " are"
}
