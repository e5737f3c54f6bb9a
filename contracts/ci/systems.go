package ci

import (
	"cmp"
	"strings"
)

// system is one CI system: a variable that it always sets, and how its variables are read.
type system struct {
	name, marker string
	build        func(read func(string) string) Build
}

// systems are looked for in this order: Jenkins last, as a plugin may set its variables elsewhere too. In a build of a
// pull request, the branch is the one that is to be merged.
var systems = []system{
	// https://docs.github.com/en/actions/reference/workflows-and-actions/variables; on pull_request GITHUB_SHA is the merge commit
	{"GitHub Actions", "GITHUB_ACTIONS", func(read func(string) string) Build {
		b := Build{Version: read("GITHUB_SHA"), Branch: cmp.Or(read("GITHUB_HEAD_REF"), trimRef(read("GITHUB_REF")))}
		server, repository, run := read("GITHUB_SERVER_URL"), read("GITHUB_REPOSITORY"), read("GITHUB_RUN_ID")
		if server != "" && repository != "" && run != "" {
			b.URL = server + "/" + repository + "/actions/runs/" + run
		}
		return b
	}},
	// https://docs.gitlab.com/ci/variables/predefined_variables
	{"GitLab", "GITLAB_CI", func(read func(string) string) Build {
		return Build{
			Version: read("CI_COMMIT_SHA"),
			Branch:  cmp.Or(read("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"), read("CI_COMMIT_BRANCH")), URL: read("CI_JOB_URL"),
		}
	}},
	// https://circleci.com/docs/variables
	{"CircleCI", "CIRCLECI", func(read func(string) string) Build {
		return Build{Version: read("CIRCLE_SHA1"), Branch: read("CIRCLE_BRANCH"), URL: read("CIRCLE_BUILD_URL")}
	}},
	// https://buildkite.com/docs/pipelines/configure/environment-variables
	{"Buildkite", "BUILDKITE", func(read func(string) string) Build {
		b := Build{Version: read("BUILDKITE_COMMIT"), Branch: read("BUILDKITE_BRANCH"), URL: read("BUILDKITE_BUILD_URL")}
		if b.Version == "HEAD" { // the commit of a build that was started by hand
			b.Version = ""
		}
		return b
	}},
	// https://learn.microsoft.com/azure/devops/pipelines/build/variables
	{"Azure Pipelines", "TF_BUILD", func(read func(string) string) Build {
		b := Build{
			Version: read("BUILD_SOURCEVERSION"), Branch: trimRef(cmp.Or(read("SYSTEM_PULLREQUEST_SOURCEBRANCH"), read("BUILD_SOURCEBRANCH"))),
		}
		server, project, id := read("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"), read("SYSTEM_TEAMPROJECT"), read("BUILD_BUILDID")
		if server != "" && project != "" && id != "" {
			b.URL = strings.TrimSuffix(server, "/") + "/" + strings.ReplaceAll(project, " ", "%20") + "/_build/results?buildId=" + id
		}
		return b
	}},
	// https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets
	{"Bitbucket Pipelines", "BITBUCKET_BUILD_NUMBER", func(read func(string) string) Build {
		b := Build{Version: read("BITBUCKET_COMMIT"), Branch: read("BITBUCKET_BRANCH")}
		if origin := read("BITBUCKET_GIT_HTTP_ORIGIN"); origin != "" {
			b.URL = origin + "/addon/pipelines/home#!/results/" + read("BITBUCKET_BUILD_NUMBER")
		}
		return b
	}},
	// https://docs.travis-ci.com/user/environment-variables
	{"Travis CI", "TRAVIS", func(read func(string) string) Build {
		return Build{
			Version: read("TRAVIS_COMMIT"), Branch: cmp.Or(read("TRAVIS_PULL_REQUEST_BRANCH"), travisBranch(read)),
			URL: read("TRAVIS_BUILD_WEB_URL"),
		}
	}},
	// https://www.jenkins.io/doc/book/pipeline/jenkinsfile and its Git plugin
	{"Jenkins", "JENKINS_URL", func(read func(string) string) Build {
		branch := cmp.Or(read("CHANGE_BRANCH"), read("BRANCH_NAME"), strings.TrimPrefix(read("GIT_BRANCH"), "origin/"))
		return Build{Version: read("GIT_COMMIT"), Branch: branch, URL: read("BUILD_URL")}
	}},
}

// travisBranch is empty in the build of a tag, where TRAVIS_BRANCH is the tag's name.
func travisBranch(read func(string) string) string {
	if read("TRAVIS_TAG") != "" {
		return ""
	}
	return read("TRAVIS_BRANCH")
}
