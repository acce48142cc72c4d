package builders

import (
	"strings"
	"sync"

	"github.com/spf13/pflag"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/aws"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/aws/throttle"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/config"
)

// Settings are what the controller is started with, as it reads its command line.
type Settings struct{ config.ControllerConfig }

// parsed are the settings of each command line that Parse has read: reading all flags takes longer than building a
// model.
var parsed sync.Map

type reading struct {
	settings *Settings
	err      error
}

// Parse reads the controller's arguments with its own flags and defaults. The error is that with which the controller
// exits. Nothing may be written to the settings, which all callers share.
func Parse(arguments []string) (*Settings, error) {
	line := strings.Join(arguments, "\x00")
	if known, found := parsed.Load(line); found {
		return known.(reading).settings, known.(reading).err
	}
	s, err := parse(arguments)
	parsed.Store(line, reading{s, err})
	return s, err
}

func parse(arguments []string) (*Settings, error) {
	s := &Settings{config.ControllerConfig{AWSConfig: aws.CloudConfig{ThrottleConfig: throttle.NewDefaultServiceOperationsThrottleConfig()},
		FeatureGates: config.NewFeatureGates()}}
	flags := pflag.NewFlagSet("controller", pflag.ContinueOnError)
	s.BindFlags(flags)
	err := flags.Parse(arguments)
	if err == nil {
		err = s.Validate()
	}
	return s, err
}
