package cri

import (
	"crypto/sha256"
	"encoding/hex"
)

// Program is what an image is in the lab: a program of this machine. Its containers see this machine's /usr, /etc and
// the folders of programs and libraries, and can write to copies of them.
type Program struct {
	// Command and Args are the entrypoint and the default arguments, as in an image's configuration.
	Command, Args []string
	// Env is the image's environment, as NAME=value. The environment of this process is not inherited.
	Env []string
	// WorkingDir is the default working directory. The default is /.
	WorkingDir string
	// User is the user that the image's configuration has. The default is 0.
	User int64
	// Programs are folders and files of this machine that containers see read-only at the same path.
	Programs []string
	// Writable are folders into which every user can write. They are created if this machine does not have them. In
	// a user namespace with one user ID, containers cannot change other folders below /usr and /etc that this machine
	// has.
	Writable []string
	// Files are further files of the image, by path.
	Files map[string]string
	// Links are symbolic links of the image: the target by path.
	Links map[string]string
}

// imageID returns the ID of an image: a digest, as kubelets expect one, but of its name.
func imageID(image string) string {
	sum := sha256.Sum256([]byte(image))
	return "sha256:" + hex.EncodeToString(sum[:])
}
