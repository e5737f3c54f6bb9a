package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/ci"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

type publishCommand struct {
	Pacts                       []string `arg:"" placeholder:"FILE|DIR|GLOB" help:"Pact files, folders of them, or globs."`
	ConsumerAppVersion          string   `short:"a" placeholder:"VERSION" help:"Version of the consumer. Default: the commit, from CI or git."`
	Branch                      string   `placeholder:"NAME" help:"Branch of the version. Default: from CI or git."`
	BuildURL                    string   `name:"build-url" placeholder:"URL" help:"URL of the build. Default: from CI."`
	Tag                         []string `short:"t" placeholder:"NAME" help:"Tag for the version. Repeatable."`
	TagWithGitBranch            bool     `short:"g" help:"Tag the version with its branch."`
	Merge                       bool     `help:"Keep the interactions that this version already has, as parallel builds need."`
	AutoDetectVersionProperties bool     `short:"r" help:"Accepted for compatibility: missing values are always detected."`
	Validate                    bool     `help:"Accepted for compatibility: what is no pact is always refused."`
	Strict                      bool     `help:"Accepted for compatibility, as --validate."`
	AllowDirty                  bool     `help:"Publish even if tracked files differ from the commit."`
	brokerFlags
	outputFlag
}

// Run publishes.
func (c *publishCommand) Run(ctx context.Context, std streams) error {
	p, err := c.publication(ctx, std)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	client, err := c.client(std)
	if err != nil {
		return err
	}
	done, err := client.Publish(ctx, p)
	if len(done) > 0 {
		err = errors.Join(err, c.print(std, map[string]any{"version": 1, "published": done},
			func(w io.Writer) error { return printPublished(w, p, done) }))
	}
	return brokerError(ctx, err)
}

// publication is what is to be published: what is given, and what is detected of the build.
func (c *publishCommand) publication(ctx context.Context, std streams) (broker.Publication, error) {
	pacts, err := broker.ReadPacts(c.Pacts...)
	if err != nil {
		return broker.Publication{}, err
	}
	build := detect(ctx, std)
	version := cmp.Or(c.ConsumerAppVersion, build.Version)
	switch {
	case version == "":
		return broker.Publication{}, errors.New("publish: the version is not known, as this is neither a build of a known CI system nor a git " +
			"repository: give --consumer-app-version")
	case c.ConsumerAppVersion == "" && build.Dirty && !c.AllowDirty:
		return broker.Publication{}, fmt.Errorf("publish: tracked files differ from commit %s, so the pacts may be of another version: "+
			"commit first, or give --consumer-app-version or --allow-dirty", version)
	}
	branch, tags := cmp.Or(c.Branch, build.Branch), c.Tag
	if c.TagWithGitBranch {
		if branch == "" {
			return broker.Publication{}, errors.New("publish: --tag-with-git-branch, and the branch is not known: give --branch")
		}
		tags = append(slices.Clone(tags), branch)
	}
	return broker.Publication{
		Version: version, Branch: branch, BuildURL: cmp.Or(c.BuildURL, build.URL), Tags: tags, Merge: c.Merge, Pacts: pacts,
	}, nil
}

// detect finds out the version, branch and page of this build.
func detect(ctx context.Context, std streams) ci.Build {
	lookup := func(name string) (string, bool) { value := std.getenv(name); return value, value != "" }
	return ci.Detect(lookup, func(arguments ...string) (string, error) { return git(ctx, arguments...) })
}

// git runs git in the current folder.
func git(ctx context.Context, arguments ...string) (string, error) {
	text, err := exec.CommandContext(ctx, "git", arguments...).Output()
	return string(text), err
}

func printPublished(w io.Writer, p broker.Publication, done []broker.Published) error {
	var failed []error
	line := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format+"\n", args...)
		failed = append(failed, err)
	}
	for _, one := range done {
		line("published %s %s (branch: %s)", one.Consumer, one.Version, cmp.Or(p.Branch, "none"))
		for _, url := range one.Pacts {
			line("  %s", url)
		}
		for _, notice := range one.Notices {
			line("  broker: %s", notice)
		}
	}
	return errors.Join(failed...)
}
