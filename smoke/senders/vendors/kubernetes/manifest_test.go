package kubernetes

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// manifest is what kubernetes.yaml of the pipelines declares.
type manifest struct {
	run            core.ConfigMap
	shards, merged batch.Job
}

// read reads a manifest. Unknown and double keys are errors, as they are to kubectl apply --validate=strict.
func read(text []byte) (m manifest, err error) {
	documents := bytes.Split(text, []byte("\n---\n"))
	if len(documents) != 3 {
		return m, fmt.Errorf("%d documents: want the run's name, its shards and its verdict", len(documents))
	}
	for i, into := range []any{&m.run, &m.shards, &m.merged} {
		if err := yaml.UnmarshalStrict(documents[i], into); err != nil {
			return m, fmt.Errorf("document %d: %w", i+1, err)
		}
	}
	return m, nil
}

// wrong returns what would make the run green by accident, or red for no reason; "" if nothing would.
func (m manifest) wrong() string {
	spec := m.shards.Spec
	if spec.CompletionMode == nil || spec.Completions == nil || spec.Parallelism == nil || spec.BackoffLimitPerIndex == nil ||
		spec.MaxFailedIndexes == nil || m.merged.Spec.BackoffLimit == nil {
		return "a field is left to its default"
	}
	pod := spec.Template.Spec
	switch n := *spec.Completions; {
	case *spec.CompletionMode != batch.IndexedCompletion:
		return "without Indexed there is no JOB_COMPLETION_INDEX"
	case !strings.Contains(fmt.Sprint(pod.Containers[0].Args), fmt.Sprintf("--shard=auto/%d ", n)):
		return fmt.Sprintf("there are %d pods, and as many shards are not asked for", n)
	case *spec.Parallelism != n:
		return "shards that run one after the other take no less time"
	case pod.RestartPolicy != core.RestartPolicyNever || *spec.BackoffLimitPerIndex != 0 || *m.merged.Spec.BackoffLimit != 0:
		return "a red shard is tried again until it is green"
	case *spec.MaxFailedIndexes < n:
		return "a red shard ends the others, whose reports are then missing"
	}
	return ""
}

func TestManifestIsWhatKubernetesReads(t *testing.T) {
	text, err := os.ReadFile("../../../../cmd/pipelines/kubernetes.yaml")
	require.NoError(t, err)
	m, err := read(text)
	require.NoError(t, err)
	require.Empty(t, m.wrong())
	require.Equal(t, []string{"ConfigMap", "Job", "Job"}, []string{m.run.Kind, m.shards.Kind, m.merged.Kind})
	for _, job := range []batch.Job{m.shards, m.merged} {
		container := job.Spec.Template.Spec.Containers[0]
		require.Equal(t, m.run.Name, container.Env[0].ValueFrom.ConfigMapKeyRef.Name)
		require.Contains(t, m.run.Data, container.Env[0].ValueFrom.ConfigMapKeyRef.Key)
		require.Equal(t, "$(RUN_ID)", container.VolumeMounts[0].SubPathExpr, "the reports of two runs are not mixed")
	}
	require.Equal(t, m.shards.Spec.Template.Spec.Volumes, m.merged.Spec.Template.Spec.Volumes)
}

func TestWrongManifestIsSeen(t *testing.T) {
	text, err := os.ReadFile("../../../../cmd/pipelines/kubernetes.yaml")
	require.NoError(t, err)
	for old, changed := range map[string]string{
		"completions: 8 ":         "completions: 9 ",
		"completionMode: Indexed": "completionMode: NonIndexed",
		"backoffLimitPerIndex: 0": "backoffLimitPerIndex: 2",
		"restartPolicy: Never":    "restartPolicy: OnFailure",
		"maxFailedIndexes: 8":     "maxFailedIndexes: 1",
		"parallelism: 8":          "parallelism: 1",
		"  backoffLimit: 0\n":     "",
	} {
		require.Contains(t, string(text), old)
		m, err := read([]byte(strings.ReplaceAll(string(text), old, changed)))
		require.NoError(t, err)
		require.NotEmpty(t, m.wrong(), changed)
	}
	for old, changed := range map[string]string{
		"completions: 8":             "completion: 8",
		"parallelism: 8":             "parallelism: eight",
		"activeDeadlineSeconds: 300": "activeDeadlineSeconds: 300\n  activeDeadlineSeconds: 300",
	} {
		require.Contains(t, string(text), old)
		_, err := read([]byte(strings.Replace(string(text), old, changed, 1)))
		require.Error(t, err, changed)
	}
}
