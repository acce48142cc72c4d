package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// programs are the programs that can run the configuration, in the order in which they are used.
var programs = []string{"terraform", "tofu"}

// ErrMissing is the reason why nothing can be checked on this machine.
type ErrMissing struct{ Reason string }

func (e *ErrMissing) Error() string { return e.Reason }

// FindProgram returns the path of terraform, or else of tofu. The error is an *ErrMissing.
func FindProgram() (string, error) {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", &ErrMissing{"neither terraform nor tofu is on the PATH: install Terraform or OpenTofu"}
}

// providerFolder is the folder of a stack's Terraform files in which InstallProvider gets the provider.
const providerFolder = "provider"

// InstallProvider gets the upstream provider into a folder of dir, with the network, the mirror and the CLI
// configuration of the operator. If the provider is not available, the error is an *ErrMissing. The configuration has
// no resources: an error is one of the installation.
func InstallProvider(ctx context.Context, program, dir string) error {
	folder := filepath.Join(dir, providerFolder)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := writeConfiguration(folder, map[string]any{"terraform": required()}); err != nil {
		return err
	}
	// The last value of a variable counts.
	c := command{program: program, dir: folder, environment: append(os.Environ(), "TF_DATA_DIR="+filepath.Join(folder, ".terraform"), "TF_WORKSPACE=", "TF_CLI_ARGS=", "TF_CLI_ARGS_init=", checkpointOff)}
	_, problems, err := c.run(ctx, "init", "-input=false", "-no-color")
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil:
		return nil
	case !isExit(err):
		return err
	}
	return &ErrMissing{fmt.Sprintf("%s init cannot get the provider %s %s (%s): give it access to the registry, or a mirror of the provider (%[1]s providers mirror) by TF_CLI_CONFIG_FILE or in ~/.terraform.d/plugins",
		filepath.Base(program), providerSource, ProviderVersion, firstError(problems))}
}

// checkpointOff turns off the check for new versions of Terraform
// (developer.hashicorp.com/terraform/cli/commands#upgrade-and-security-bulletin-checks).
const checkpointOff = "CHECKPOINT_DISABLE=1"

// command runs terraform in a folder.
type command struct {
	program, dir string
	environment  []string
}

// newCommand returns a command that reaches only moto: its environment has nothing of the operator.
func newCommand(program, dir, endpoint string) (command, error) {
	cli := filepath.Join(dir, "terraform.rc")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return command{}, err
	}
	return command{program: program, dir: dir, environment: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir(), "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE=" + cli, checkpointOff,
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}}, os.WriteFile(cli, nil, 0o644)
}

// run runs the program and returns its standard output and standard error. Ctrl-C ends it after its running calls.
func (c command) run(ctx context.Context, args ...string) (output, problems []byte, err error) {
	running := exec.CommandContext(ctx, c.program, args...)
	running.Dir, running.Env = c.dir, c.environment
	running.Cancel = func() error { return running.Process.Signal(syscall.SIGINT) }
	running.WaitDelay = 10 * time.Second
	var standardError bytes.Buffer
	running.Stderr = &standardError
	output, err = running.Output()
	return output, standardError.Bytes(), err
}

// isExit reports whether a program ran and ended with an error.
func isExit(err error) bool {
	_, exited := exitStatus(err)
	return exited
}

// exitStatus returns the status of a program that ended with an error.
func exitStatus(err error) (status int, exited bool) {
	exit := (*exec.ExitError)(nil)
	if errors.As(err, &exit) {
		return exit.ExitCode(), true
	}
	return 0, false
}

// firstError returns the first error of terraform's messages for people in one line: its title and its first paragraph.
func firstError(problems []byte) string {
	var plain strings.Builder
	for line := range strings.Lines(string(problems)) {
		plain.WriteString(strings.Trim(line, "│╷╵ \n") + "\n")
	}
	_, after, found := strings.Cut(plain.String(), "Error:")
	if !found {
		after = plain.String()
	}
	var paragraphs []string
	for paragraph := range strings.SplitSeq(after, "\n\n") {
		if words := strings.Fields(paragraph); len(words) > 0 && len(paragraphs) < 2 {
			paragraphs = append(paragraphs, strings.TrimSuffix(strings.Join(words, " "), "."))
		}
	}
	return strings.Join(paragraphs, ": ")
}
