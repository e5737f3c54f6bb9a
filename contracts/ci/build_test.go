package ci_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/ci"
)

// repository is a git repository of one commit.
func repository(branch, changed string) ci.Git {
	return func(arguments ...string) (string, error) {
		switch arguments[0] {
		case "rev-parse":
			return "c0ffee\n", nil
		case "symbolic-ref":
			if branch == "" {
				return "", errors.New("exit status 1")
			}
			return branch + "\n", nil
		default:
			return changed, nil
		}
	}
}

func none(...string) (string, error) { return "", errors.New("git: not found") }

func TestTheBuildOfEachSystem(t *testing.T) {
	for name, c := range map[string]struct {
		env  string
		git  ci.Git
		want ci.Build
	}{
		"GitHub push": {"GITHUB_ACTIONS=true GITHUB_SHA=a1 GITHUB_REF=refs/heads/feat/x GITHUB_SERVER_URL=https://gh.example " +
			"GITHUB_REPOSITORY=o/r GITHUB_RUN_ID=7", none,
			ci.Build{System: "GitHub Actions", Version: "a1", Branch: "feat/x", URL: "https://gh.example/o/r/actions/runs/7"}},
		"GitHub pull request": {
			"GITHUB_ACTIONS=true GITHUB_SHA=a1 GITHUB_REF=refs/pull/1/merge GITHUB_HEAD_REF=feat/x",
			none, ci.Build{System: "GitHub Actions", Version: "a1", Branch: "feat/x"},
		},
		"GitHub tag": {"GITHUB_ACTIONS=true GITHUB_SHA=a1 GITHUB_REF=refs/tags/v1", none, ci.Build{System: "GitHub Actions", Version: "a1"}},
		"GitLab": {
			"GITLAB_CI=true CI_COMMIT_SHA=a1 CI_COMMIT_BRANCH=main CI_JOB_URL=https://gl.example/1",
			none, ci.Build{System: "GitLab", Version: "a1", Branch: "main", URL: "https://gl.example/1"},
		},
		"GitLab merge": {
			"GITLAB_CI=true CI_COMMIT_SHA=a1 CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat",
			none, ci.Build{System: "GitLab", Version: "a1", Branch: "feat"},
		},
		"CircleCI": {
			"CIRCLECI=true CIRCLE_SHA1=a1 CIRCLE_BRANCH=main CIRCLE_BUILD_URL=https://c.example/1", none,
			ci.Build{System: "CircleCI", Version: "a1", Branch: "main", URL: "https://c.example/1"},
		},
		"Buildkite": {
			"BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_BRANCH=main BUILDKITE_BUILD_URL=https://b.example/1",
			repository("x", " M a"), ci.Build{System: "Buildkite", Version: "c0ffee", Branch: "main", URL: "https://b.example/1"},
		},
		"Azure": {"TF_BUILD=True BUILD_SOURCEVERSION=a1 BUILD_SOURCEBRANCH=refs/heads/main " +
			"SYSTEM_TEAMFOUNDATIONCOLLECTIONURI=https://az.example/o/ SYSTEM_TEAMPROJECT=p BUILD_BUILDID=3", none,
			ci.Build{System: "Azure Pipelines", Version: "a1", Branch: "main", URL: "https://az.example/o/p/_build/results?buildId=3"}},
		"Azure pull request": {
			"TF_BUILD=True BUILD_SOURCEVERSION=a1 BUILD_SOURCEBRANCH=refs/pull/1/merge SYSTEM_PULLREQUEST_SOURCEBRANCH=refs/heads/feat/x",
			none, ci.Build{System: "Azure Pipelines", Version: "a1", Branch: "feat/x"},
		},
		"Bitbucket": {
			"BITBUCKET_BUILD_NUMBER=4 BITBUCKET_COMMIT=a1 BITBUCKET_BRANCH=main BITBUCKET_GIT_HTTP_ORIGIN=https://bb.example/o/r", none,
			ci.Build{System: "Bitbucket Pipelines", Version: "a1", Branch: "main", URL: "https://bb.example/o/r/addon/pipelines/home#!/results/4"},
		},
		"Travis": {
			"TRAVIS=true TRAVIS_COMMIT=a1 TRAVIS_BRANCH=main TRAVIS_BUILD_WEB_URL=https://t.example/1",
			none, ci.Build{System: "Travis CI", Version: "a1", Branch: "main", URL: "https://t.example/1"},
		},
		"Travis pull": {
			"TRAVIS=true TRAVIS_COMMIT=a1 TRAVIS_BRANCH=main TRAVIS_PULL_REQUEST_BRANCH=feat",
			none, ci.Build{System: "Travis CI", Version: "a1", Branch: "feat"},
		},
		"Travis tag": {"TRAVIS=true TRAVIS_COMMIT=a1 TRAVIS_BRANCH=v1 TRAVIS_TAG=v1", none, ci.Build{System: "Travis CI", Version: "a1"}},
		"Jenkins": {
			"JENKINS_URL=https://j.example GIT_COMMIT=a1 GIT_BRANCH=origin/feat/x BUILD_URL=https://j.example/1",
			none, ci.Build{System: "Jenkins", Version: "a1", Branch: "feat/x", URL: "https://j.example/1"},
		},
		"Jenkins pull": {
			"JENKINS_URL=https://j.example GIT_COMMIT=a1 BRANCH_NAME=PR-1 CHANGE_BRANCH=feat",
			none, ci.Build{System: "Jenkins", Version: "a1", Branch: "feat"},
		},
		"git":           {"", repository("feat/x y", ""), ci.Build{System: "git", Version: "c0ffee", Branch: "feat/x y"}},
		"git, changed":  {"", repository("main", " M a.go\n"), ci.Build{System: "git", Version: "c0ffee", Branch: "main", Dirty: true}},
		"git, detached": {"", repository("", ""), ci.Build{System: "git", Version: "c0ffee"}},
		"nothing":       {"", none, ci.Build{}},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{}
			for _, one := range strings.Fields(c.env) {
				key, value, _ := strings.Cut(one, "=")
				env[key] = value
			}
			require.Equal(t, c.want, ci.Detect(func(name string) (string, bool) { value, ok := env[name]; return value, ok }, c.git))
		})
	}
}
