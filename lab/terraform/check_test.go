package terraform

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeTerraform appends its folder and arguments to the file calls beside it. It prints the files COMMAND.output and
// COMMAND.error beside it, and exits with the status in COMMAND.status. As terraform does, validate refuses an argument
// that no schema has: here cidr_blok.
const fakeTerraform = `#!/bin/sh
beside=$(dirname "$0")
echo "$(basename "$PWD") $*" >>"$beside/calls"
env >"$beside/environment.$1"
if [ "$1" = validate ] && grep -q '"cidr_blok"' main.tf.json; then
	cat "$beside/refused"
	exit 1
fi
if [ -f "$beside/$1.output" ]; then cat "$beside/$1.output"; fi
if [ -f "$beside/$1.error" ]; then cat "$beside/$1.error" >&2; fi
exit "$(cat "$beside/$1.status" 2>/dev/null || echo 0)"
`

// refusedArgument is the output of Terraform 1.11.4 for an argument that the provider's schema does not have.
const refusedArgument = `{"format_version": "1.0", "valid": false, "error_count": 1, "warning_count": 0, "diagnostics": [{"severity": "error", "summary": "Extraneous JSON object property",
	"detail": "No argument or block type is named \"cidr_blok\".", "range": {"filename": "main.tf.json", "start": {"line": 971, "column": 5, "byte": 35591}, "end": {"line": 971, "column": 16, "byte": 35602}},
	"snippet": {"context": "resource.aws_vpc.small", "code": "    \"cidr_blok\": \"x\"", "start_line": 971, "highlight_start_offset": 4, "highlight_end_offset": 15, "values": []}}]}`

// terraformTest is a check with a fake terraform.
type terraformTest struct {
	*testing.T
	beside string
	check  Check
	out    strings.Builder
}

// newTerraformTest returns a test of a stack whose state is changed by replacements.
func newTerraformTest(t *testing.T, replacements ...string) *terraformTest {
	t.Helper()
	f := &terraformTest{T: t, beside: t.TempDir()}
	f.write("terraform", fakeTerraform)
	f.write("refused", refusedArgument)
	f.check = Check{Program: filepath.Join(f.beside, "terraform"), Dir: filepath.Join(t.TempDir(), "terraform"), Stack: "small", State: parseState(t, smallState, replacements...), Account: testAccount, Out: &f.out}
	return f
}

// write writes a file beside the fake.
func (f *terraformTest) write(name, content string) {
	f.Helper()
	if err := os.WriteFile(filepath.Join(f.beside, name), []byte(content), 0o755); err != nil {
		f.Fatal(err)
	}
}

// run installs the provider and runs the check.
func (f *terraformTest) run() error {
	f.Helper()
	if err := InstallProvider(f.Context(), f.check.Program, f.check.Dir); err != nil {
		return err
	}
	return f.check.Run(f.Context())
}

// calls returns the folder and the command of each call.
func (f *terraformTest) calls() []string {
	f.Helper()
	content, err := os.ReadFile(filepath.Join(f.beside, "calls"))
	if err != nil {
		f.Fatal(err)
	}
	var calls []string
	for line := range strings.Lines(string(content)) {
		calls = append(calls, strings.Join(strings.Fields(line)[:2], " "))
	}
	return calls
}

// expect compares the output with texts that it must contain.
func (f *terraformTest) expect(wanted ...string) {
	f.Helper()
	for _, want := range wanted {
		if !strings.Contains(f.out.String(), want) {
			f.Errorf("the output lacks %q:\n%s", want, f.out.String())
		}
	}
}

func TestACheckValidatesAllAndCreatesWhatMotoSupports(t *testing.T) {
	f := newTerraformTest(t)
	if err := f.run(); err != nil {
		t.Fatal(err)
	}
	want := []string{"provider init", "complete init", "complete validate", "applied init", "applied apply", "applied plan", "applied destroy"}
	if calls := f.calls(); !slices.Equal(calls, want) {
		t.Errorf("terraform was called %v, want %v", calls, want)
	}
	f.expect("small: the provider hashicorp/aws 5.100.0 with terraform, and moto\n", "s  the provider accepts the arguments of all 10 resources\n", "s  it creates 9 resources in moto\n",
		"s  a second plan has no changes\n", "s  it deletes all resources\n", "  not created: 1 aws_eks_addon, because moto lacks eks:CreateAddon\n")
}

func TestOnlyTheInstallationHasTheOperatorsEnvironment(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("TF_DATA_DIR", "/elsewhere")
	f := newTerraformTest(t)
	if err := InstallProvider(t.Context(), f.check.Program, f.check.Dir); err != nil {
		t.Fatal(err)
	}
	environment := func(command string) string {
		content, err := os.ReadFile(filepath.Join(f.beside, "environment."+command))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	if installing := environment("init"); !strings.Contains(installing, "AWS_PROFILE=production\n") || strings.Contains(installing, "TF_DATA_DIR=/elsewhere") {
		t.Errorf("the installation has %s", installing)
	}
	if err := f.check.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"init", "validate", "apply", "plan", "destroy"} {
		if running := environment(command); strings.Contains(running, "AWS_PROFILE") || strings.Contains(running, "/elsewhere") || !strings.Contains(running, "AWS_ENDPOINT_URL=http://127.0.0.1:15000\n") {
			t.Errorf("%s has %s", command, running)
		}
	}
}

func TestAWrongPropertyIsRefusedByValidateWithItsResource(t *testing.T) {
	f := newTerraformTest(t, `"enableDnsSupport"`, `"cidrBlok"`)
	if err := f.run(); err == nil || !strings.Contains(err.Error(), "1 of 4 steps failed for stack small") {
		t.Error(err)
	}
	f.expect("  failed ", "aws_vpc.small: Extraneous JSON object property: No argument or block type is named \"cidr_blok\".\n", "  not run           it creates 9 resources in moto\n")
	if calls := f.calls(); slices.Contains(calls, "applied apply") {
		t.Errorf("terraform was called %v", calls)
	}
}

func TestAFailedCreationIsReportedWithItsResource(t *testing.T) {
	f := newTerraformTest(t)
	f.write("apply.output", `{"@level":"info","type":"version","terraform":"1.11.4"}
{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"creating EKS Cluster (small): NotImplemented","detail":"","address":"aws_eks_cluster.small"}}
{"@level":"warn","type":"diagnostic","diagnostic":{"severity":"warning","summary":"Argument is deprecated","detail":"Use another","address":"aws_vpc.small"}}
`)
	f.write("apply.status", "1")
	if err := f.run(); err == nil {
		t.Error("no error")
	}
	f.expect("    aws_eks_cluster.small: creating EKS Cluster (small): NotImplemented\n", "  not run           it deletes all resources\n")
	if strings.Contains(f.out.String(), "deprecated") {
		t.Errorf("a warning is reported as an error:\n%s", f.out.String())
	}
}

// changedPlan is a plan with an update, a replacement and a resource without changes.
const changedPlan = `{"resource_changes": [
	{"address": "aws_vpc.small", "type": "aws_vpc", "change": {"actions": ["no-op"], "before": {"id": "vpc-1"}, "after": {"id": "vpc-1"}}},
	{"address": "aws_eks_cluster.small", "type": "aws_eks_cluster", "change": {"actions": ["update"],
		"before": {"name": "small", "status": "ACTIVE", "access_config": [{"authentication_mode": null}], "vpc_config": [{"subnet_ids": ["subnet-1"], "public_access_cidrs": ["0.0.0.0/0"]}]},
		"after": {"name": "small", "access_config": [{"authentication_mode": "API"}], "vpc_config": [{"subnet_ids": ["subnet-1"], "public_access_cidrs": ["10.0.0.0/8"]}]}}},
	{"address": "aws_eip.small", "type": "aws_eip", "change": {"actions": ["create"], "before": null, "after": {"domain": "vpc"}}}]}`

func TestChangesOfTheSecondPlanAreAFailureThatListsThem(t *testing.T) {
	f := newTerraformTest(t)
	f.write("plan.status", "2")
	f.write("show.output", changedPlan)
	if err := f.run(); err == nil || !strings.Contains(err.Error(), "1 of 4 steps failed") {
		t.Error(err)
	}
	f.expect(`    aws_eks_cluster.small: update: access_config.authentication_mode is null, planned "API"; status is "ACTIVE", planned (known after apply); vpc_config.public_access_cidrs is ["0.0.0.0/0"], planned ["10.0.0.0/8"]`+"\n",
		"    aws_eip.small: create\n", "s  it deletes all resources\n")
	if strings.Contains(f.out.String(), "aws_vpc.small") {
		t.Errorf("a resource without changes is listed:\n%s", f.out.String())
	}
}

func TestDifferencesThatMotoCausesAreNoFailure(t *testing.T) {
	for _, listed := range []string{"aws_eks_cluster.access_config", "aws_eks_cluster.vpc_config.public_access_cidrs", "aws_eks_cluster.status"} {
		motoDifferences[listed] = "an example"
		defer delete(motoDifferences, listed)
	}
	lines, err := unexpectedChanges([]byte(changedPlan))
	if err != nil || !slices.Equal(lines, []string{"aws_eip.small: create"}) {
		t.Errorf("%v, %v", lines, err)
	}
}

func TestAPlanThatFailsIsNotOneWithChanges(t *testing.T) {
	f := newTerraformTest(t)
	f.write("plan.status", "1")
	f.write("plan.output", `{"type":"diagnostic","diagnostic":{"severity":"error","summary":"reading KMS Key","detail":"timeout","address":"aws_kms_key.small"}}`)
	if err := f.run(); err == nil {
		t.Error("no error")
	}
	f.expect("    aws_kms_key.small: reading KMS Key: timeout\n")
}

func TestAStepThatHangsIsAFailure(t *testing.T) {
	f := newTerraformTest(t)
	defer func(limit time.Duration) { stepLimit = limit }(stepLimit)
	stepLimit = 100 * time.Millisecond
	f.write("terraform", "#!/bin/sh\n[ \"$1\" = init ] || exec sleep 60\n")
	if err := f.run(); err == nil || t.Context().Err() != nil {
		t.Error(err)
	}
	f.expect("    not finished after 100ms\n")
}

func TestAMissingProviderIsAReasonAndNoFailure(t *testing.T) {
	f := newTerraformTest(t)
	f.write("init.status", "1")
	f.write("init.error", "╷\n│ Error: Failed to query available provider packages\n│ \n│ Could not retrieve the list of available versions for provider hashicorp/aws:\n│ no such host\n│ \n│ To see which modules …\n╵\n")
	err := f.run()
	missing := (*ErrMissing)(nil)
	if !errors.As(err, &missing) || strings.Contains(missing.Reason, "\n") {
		t.Fatal(err)
	}
	for _, want := range []string{"terraform init cannot get the provider hashicorp/aws 5.100.0 (Failed to query available provider packages: Could not retrieve the list of available versions for provider hashicorp/aws: no such host)", "registry", "TF_CLI_CONFIG_FILE"} {
		if !strings.Contains(missing.Reason, want) {
			t.Errorf("the reason %s lacks %s", missing.Reason, want)
		}
	}
}

func TestAnInterruptedInstallationIsNoMissingProvider(t *testing.T) {
	f := newTerraformTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := InstallProvider(ctx, f.check.Program, f.check.Dir); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTerraformIsUsedBeforeTofu(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if _, err := FindProgram(); err == nil || !strings.Contains(err.Error(), "neither terraform nor tofu is on the PATH") {
		t.Error(err)
	}
	for _, name := range []string{"tofu", "terraform"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if found, err := FindProgram(); err != nil || filepath.Base(found) != name {
			t.Errorf("%s, %v, want %s", found, err, name)
		}
	}
}
