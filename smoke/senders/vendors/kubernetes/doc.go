// Package kubernetes holds no code. Its test reads cmd/pipelines/kubernetes.yaml as the API server of Kubernetes would: with
// the types of k8s.io/api, strictly. It is in this module, so that these are no dependencies of the gate.
package kubernetes
