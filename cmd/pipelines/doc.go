// Package pipelines holds no code. Its tests run the shell steps of .github/workflows as a runner of GitHub Actions would,
// against a real Pact Broker and the reference provider, and keep the rules that a pipeline with secrets must keep.
// README.md explains the workflows to those who copy them.
package pipelines
