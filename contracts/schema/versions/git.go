package versions

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// gitPrefix starts the name of a version in git.
const gitPrefix = "git:"

// Against returns the pairs of a file or a folder with what it was in another version: git:REF for a commit, branch or tag
// of the repository that it is in.
func Against(ctx context.Context, version, newer string) ([]Pair, error) {
	ref, ok := strings.CutPrefix(version, gitPrefix)
	if !ok || ref == "" || strings.HasPrefix(ref, "-") {
		return nil, fmt.Errorf("%q: must be git:REF, such as git:origin/main", version)
	}
	file, pointer, err := schema.Options{}.Split(newer)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	root := file
	if !info.IsDir() {
		if root, err = schema.RootOf(file); err != nil {
			return nil, err
		}
	}
	below, err := filepath.Rel(root, file)
	if err != nil {
		return nil, err
	}
	inside, err := git(ctx, root, "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return nil, err
	}
	top, folder, _ := strings.Cut(strings.TrimRight(string(inside), "\n"), "\n")
	folder = strings.TrimSuffix(folder, "/")
	commit, err := git(ctx, root, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("%s: there is no such commit, branch or tag (a shallow clone may lack it: fetch it first): %w", version, err)
	}
	files, shown, err := tree(ctx, top, strings.TrimSpace(string(commit)), ref, folder)
	if err != nil {
		return nil, err
	}
	from := side{files, shown}
	older := schema.Join(path.Join(shown, filepath.ToSlash(below)), pointer)
	if _, err := from.stat(older); err != nil {
		return added(newer, info.IsDir())
	}
	return between(from, older, side{}, newer)
}

// added returns the pairs of a file or a folder that was not there.
func added(newer string, isFolder bool) ([]Pair, error) {
	if !isFolder {
		return []Pair{{Name: newer, Added: true}}, nil
	}
	names, err := side{}.schemas(newer)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("there is no *%s in %s", schema.Suffix, newer)
	}
	var all []Pair
	for _, name := range names {
		all = append(all, Pair{Name: path.Join(filepath.ToSlash(newer), name), Added: true})
	}
	return all, err
}

// tree returns the files of a folder at a commit, and the name of the folder among them. A folder that was not there is empty.
func tree(ctx context.Context, dir, commit, ref, folder string) (*zip.Reader, string, error) {
	shown := path.Join(gitPrefix+strings.ReplaceAll(ref, "/", "-"), folder)
	if _, err := git(ctx, dir, "cat-file", "-e", commit+":"+folder); err != nil {
		return new(zip.Reader), shown, nil
	}
	archive, err := git(ctx, dir, "archive", "--format=zip", "--prefix="+shown+"/", commit+":"+folder)
	if err != nil {
		return nil, "", err
	}
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, "", fmt.Errorf("read the archive of %s: %w", ref, err)
	}
	return files, shown, nil
}

func git(ctx context.Context, dir string, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "git", arguments...)
	command.Dir = dir
	out, err := command.Output()
	var failed *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("git is not installed: %w", err)
	case errors.As(err, &failed):
		return nil, fmt.Errorf("git %s: %w: %s", arguments[0], err, strings.TrimSpace(string(failed.Stderr)))
	}
	return out, err
}
