package manifest

import "errors"

// Find resolves what a person gave as the application: a manifest, a directory
// that holds a spin.toml, or "" for a search from the working directory
// upwards, which stops at the root of a Git repository. Distance is the number
// of directories that the search went up. The path is as given, not absolute.
func Find(from string) (path string, distance int, err error) {
	return "", 0, errors.New("manifest: not implemented")
}
