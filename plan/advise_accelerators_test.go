package plan_test

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestAcceleratorsThatPodsCannotUseAreWarnedOf(t *testing.T) {
	for _, test := range []struct{ typ, ami, want string }{
		{"g5.xlarge", config.AL2023x86, "g5.xlarge has NVIDIA GPUs, but al2023-x86_64 has no drivers for them, so pods cannot use them; write ami: al2023-x86_64-nvidia or bottlerocket-x86_64-nvidia, and install the device plugin in the cluster"},
		{"g5.xlarge", config.BottlerocketX86, "g5.xlarge has NVIDIA GPUs, but bottlerocket-x86_64 has no drivers for them, so pods cannot use them; write ami:"},
		{"g5g.xlarge", config.AL2023arm, "g5g.xlarge has NVIDIA GPUs, but al2023-arm64 has no drivers for them, so pods cannot use them; write ami: al2023-arm64-nvidia or bottlerocket-arm64-nvidia"},
		{"inf2.xlarge", config.AL2023x86, "inf2.xlarge has AWS Inferentia or Trainium, but al2023-x86_64 has no drivers for them, so pods cannot use them; write ami: al2023-x86_64-neuron or bottlerocket-x86_64"},
		{"inf2.xlarge", config.AL2023x86NVIDIA, "inf2.xlarge has AWS Inferentia or Trainium, but al2023-x86_64-nvidia has no drivers for them, so pods cannot use them; write ami:"},
		{"g4ad.xlarge", config.AL2023x86, "g4ad.xlarge has AMD GPUs, for which no EKS AMI has drivers: pods cannot use them unless you install the drivers"},
		{"m7i.large", config.AL2023x86NVIDIA, "m7i.large has no accelerator for the drivers of al2023-x86_64-nvidia; use the standard AMI"},
		{"g5.xlarge", config.AL2023x86NVIDIA, ""},
		{"g5g.xlarge", config.BottlerocketArmNVIDIA, ""},
		{"trn1.2xlarge", config.BottlerocketX86, ""},
		{"trn1.2xlarge", config.AL2023x86Neuron, ""},
		{"m7i.large", config.AL2023x86, ""},
	} {
		s := plantest.Stack()
		s.NodeGroups["general"] = config.NodeGroup{AMI: test.ami, InstanceTypes: []string{test.typ}, Subnets: config.PrivateSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}
		p, problems := plan.New(s)
		if problems.Err() != nil {
			t.Errorf("%s with %s: %s", test.typ, test.ami, problems)
		}
		got := ""
		for _, w := range p.Warnings {
			if w.Path == `nodeGroups["general"].instanceTypes[0]` && !strings.Contains(w.Text, "quota") {
				got = w.Text
			}
		}
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s with %s: %q, want %q", test.typ, test.ami, got, test.want)
		}
	}
}
