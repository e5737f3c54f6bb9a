package versions_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema/versions"
)

// write writes files below a folder, and returns it.
func write(t *testing.T, folder string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return folder
}

func git(t *testing.T, folder string, arguments ...string) {
	t.Helper()
	author := []string{"-c", "user.name=a", "-c", "user.email=a@example.com"}
	command := exec.CommandContext(t.Context(), "git", append(author, arguments...)...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestFoldersPairFilesByName(t *testing.T) {
	older := write(t, t.TempDir(), map[string]string{"a.schema.json": `{}`, "sub/b.schema.json": `{}`, "gone.schema.json": `{}`})
	newer := write(t, t.TempDir(), map[string]string{"a.schema.json": `{"type":"string"}`, "sub/b.schema.json": `{"$ref":"../c.json"}`,
		"c.json": `true`, "new.schema.json": `{}`})
	all, err := versions.Of(older, newer)
	require.NoError(t, err)
	require.Len(t, all, 4)
	require.NoError(t, all[0].Problem)
	require.Equal(t, filepath.Join(newer, "a.schema.json"), filepath.FromSlash(all[0].New.Path()))
	require.ErrorContains(t, all[1].Problem, "is there no more", "a schema that was removed is no pass")
	require.True(t, all[2].Added)
	require.NoError(t, all[3].Problem, "a reference to a file above the schema's own folder, and below the one that is compared")
}

func TestBrokenSchemaIsAProblemOfItsPair(t *testing.T) {
	older := write(t, t.TempDir(), map[string]string{"a.schema.json": `{}`, "b.schema.json": `{}`})
	newer := write(t, t.TempDir(), map[string]string{"a.schema.json": `{`, "b.schema.json": `{}`})
	all, err := versions.Of(older, newer)
	require.NoError(t, err)
	require.ErrorContains(t, all[0].Problem, "a.schema.json:1")
	require.NoError(t, all[1].Problem)
}

func TestFileIsNotComparedWithAFolder(t *testing.T) {
	folder := write(t, t.TempDir(), map[string]string{"a.schema.json": `{}`})
	_, err := versions.Of(folder, filepath.Join(folder, "a.schema.json"))
	require.ErrorContains(t, err, "one is a folder")
	_, err = versions.Of(folder, filepath.Join(folder, "none"))
	require.Error(t, err)
	_, err = versions.Of(t.TempDir(), t.TempDir())
	require.ErrorContains(t, err, "there is no")
}

func TestHistoryComparesTheLatestWithAllBefore(t *testing.T) {
	folder := write(t, t.TempDir(), map[string]string{"v9.json": `{}`, "v10.json": `{"type":"string"}`, "v1.json": `{}`, "README.md": ``})
	all, err := versions.History(folder)
	require.NoError(t, err)
	require.Len(t, all, 2)
	for i, older := range []string{"v1.json", "v9.json"} {
		require.Equal(t, filepath.Join(folder, older), all[i].Old.Path())
		require.Equal(t, filepath.Join(folder, "v10.json"), all[i].New.Path())
	}
	_, err = versions.History(write(t, t.TempDir(), map[string]string{"v1.json": `{}`}))
	require.ErrorContains(t, err, "at least two")
}

func TestAgainstReadsTheCommit(t *testing.T) {
	folder := write(t, t.TempDir(), map[string]string{
		"schemas/a.schema.json": `{"$ref":"parts/p.json"}`, "schemas/parts/p.json": `{"type":"string"}`,
	})
	git(t, folder, "init", "-q", "-b", "main")
	git(t, folder, "add", ".")
	git(t, folder, "commit", "-q", "-m", "first")
	write(t, folder, map[string]string{"schemas/parts/p.json": `{"type":"integer"}`, "schemas/b.schema.json": `{}`})
	all, err := versions.Against(t.Context(), "git:main", filepath.Join(folder, "schemas"))
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.NoError(t, all[0].Problem)
	require.Empty(t, all[0].Old.Check([]byte(`"a"`)))
	require.NotEmpty(t, all[0].New.Check([]byte(`"a"`)))
	require.Equal(t, "git:main/schemas/a.schema.json", filepath.ToSlash(all[0].Old.Path()))
	require.True(t, all[1].Added)

	one, err := versions.Against(t.Context(), "git:HEAD", filepath.Join(folder, "schemas", "a.schema.json"))
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.NoError(t, one[0].Problem)
	added, err := versions.Against(t.Context(), "git:HEAD", filepath.Join(folder, "schemas", "b.schema.json"))
	require.NoError(t, err)
	require.True(t, added[0].Added)
}

func TestAgainstSaysWhatIsWrong(t *testing.T) {
	folder := write(t, t.TempDir(), map[string]string{"a.schema.json": `{}`})
	_, err := versions.Against(t.Context(), "main", folder)
	require.ErrorContains(t, err, "must be git:REF")
	_, err = versions.Against(t.Context(), "git:--help", folder)
	require.ErrorContains(t, err, "must be git:REF")
	_, err = versions.Against(t.Context(), "git:main", folder)
	require.ErrorContains(t, err, "git")
	git(t, folder, "init", "-q")
	_, err = versions.Against(t.Context(), "git:none", folder)
	require.ErrorContains(t, err, "no such commit")
}
