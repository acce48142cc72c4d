package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Program is a Pulumi program: a function of this process or a compiled one.
type Program interface {
	run(ctx context.Context, info plugin.RunInfo, rootDirectory, engineAddress string, log func(string)) (message string, bail bool, err error)
}

// Inline returns a program that runs in this process.
func Inline(program pulumi.RunFunc) Program { return inline(program) }

// Binary returns a compiled program, such as the output of `go build -o eksnet .` in the project. It runs in a separate
// process with the environment that a Pulumi language host sets, without this process's variables.
func Binary(path string) Program { return binary(path) }

type inline pulumi.RunFunc

func (p inline) run(ctx context.Context, info plugin.RunInfo, root, engineAddress string, _ func(string)) (message string, bail bool, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			message = fmt.Sprintf("the program panicked: %v", cause)
		}
	}()
	program, err := pulumi.NewContext(ctx, pulumi.RunInfo{
		Project: info.Project, Stack: info.Stack, Organization: info.Organization, RootDirectory: root,
		Config: configValues(info.Config), ConfigSecretKeys: keyNames(info.ConfigSecretKeys),
		Parallel: info.Parallel, DryRun: info.DryRun, MonitorAddr: info.MonitorAddress, EngineAddr: engineAddress,
	})
	if err != nil {
		return "", false, err
	}
	defer program.Close()
	if err := pulumi.RunWithContext(program, pulumi.RunFunc(p)); err != nil {
		return err.Error(), false, nil
	}
	return "", false, nil
}

type binary string

func (p binary) run(ctx context.Context, info plugin.RunInfo, root, engineAddress string, log func(string)) (string, bool, error) {
	path, err := filepath.Abs(string(p))
	if err != nil {
		return "", false, err
	}
	environment, err := languageEnvironment(info, root, engineAddress)
	if err != nil {
		return "", false, err
	}
	command := exec.CommandContext(ctx, path)
	command.Dir, command.Env = info.Pwd, environment
	output, err := command.CombinedOutput()
	if text := strings.TrimSpace(string(output)); text != "" {
		log(text)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", false, nil
	case errors.As(err, &exit) && exit.ExitCode() == constant.ExitStatusLoggedError:
		// The program has already reported its error to the engine.
		return "", true, nil
	default:
		return fmt.Sprintf("%s: %v", path, err), false, nil
	}
}

// languageEnvironment returns the environment that pulumi-language-go sets for a program
// (cmd/pulumi-language-go/main.go, constructEnv).
func languageEnvironment(info plugin.RunInfo, root, engineAddress string) ([]string, error) {
	configuration, err := json.Marshal(configValues(info.Config))
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(keyNames(info.ConfigSecretKeys))
	if err != nil {
		return nil, err
	}
	return []string{
		pulumi.EnvOrganization + "=" + info.Organization,
		pulumi.EnvProject + "=" + info.Project,
		pulumi.EnvPulumiRootDirectory + "=" + root,
		pulumi.EnvStack + "=" + info.Stack,
		pulumi.EnvConfig + "=" + string(configuration),
		pulumi.EnvConfigSecretKeys + "=" + string(secrets),
		pulumi.EnvDryRun + "=" + strconv.FormatBool(info.DryRun),
		pulumi.EnvParallel + "=" + strconv.Itoa(int(info.Parallel)),
		pulumi.EnvMonitor + "=" + info.MonitorAddress,
		pulumi.EnvEngine + "=" + engineAddress,
	}, nil
}

func configValues(values map[config.Key]string) map[string]string {
	named := make(map[string]string, len(values))
	for key, value := range values {
		named[key.String()] = value
	}
	return named
}

func keyNames(keys []config.Key) []string {
	names := make([]string, 0, len(keys))
	for _, key := range keys {
		names = append(names, key.String())
	}
	return names
}

// language is the runtime with which the engine runs the program.
type language struct {
	plugin.LanguageRuntime

	program Program
	network *operatorNetwork
	monitor func(address string) (string, error)
	address func() string
	log     func(string)
}

func newLanguage(program Program, network *operatorNetwork, monitor func(string) (string, error), log func(string)) *language {
	idle := deploytest.NewLanguageRuntime(func(plugin.RunInfo, *deploytest.ResourceMonitor) error { return nil })
	return &language{LanguageRuntime: idle, program: program, network: network, monitor: monitor, log: log}
}

func (l *language) Run(ctx context.Context, info plugin.RunInfo) (string, bool, error) {
	address, err := l.monitor(info.MonitorAddress)
	if err != nil {
		return "", false, err
	}
	info.MonitorAddress = address
	return l.program.run(context.WithValue(ctx, operatorNetworkKey{}, l.network), info, info.Info.RootDirectory(), l.address(), l.log)
}
