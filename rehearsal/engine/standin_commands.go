package engine

import (
	"os"
	"path/filepath"
)

// standInCommands are the commands that the eks component requires at start (dependencies.ts: aws 2.7 and kubectl 1.24
// or later). They only print a version.
var standInCommands = map[string]string{
	"aws": `#!/bin/sh
[ "$1" = --version ] && echo "aws-cli/2.99.0 rehearsal" && exit 0
echo "aws: a rehearsal's stand-in prints its version and does nothing else" >&2
exit 1
`,
	"kubectl": `#!/bin/sh
[ "$1" = version ] && echo '{"clientVersion": {"gitVersion": "v1.99.0"}}' && exit 0
echo "kubectl: a rehearsal's stand-in prints its version and does nothing else" >&2
exit 1
`,
}

// writeStandIns writes the commands to a directory, which is the whole PATH of the component's provider.
func writeStandIns(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, script := range standInCommands {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	return nil
}
