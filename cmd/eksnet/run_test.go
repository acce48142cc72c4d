package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/internal/processor"
	"eksnet/internal/stackfile"
	"eksnet/internal/stackfile/stackfiletest"
)

const root = "../.."

// eksnet runs the command.
func eksnet(args ...string) (status int, out, complaints string) {
	var stdout, stderr bytes.Buffer
	status = run(context.Background(), args, &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// good are the lines of a stack that can work.
var good = []string{
	`aws:region: ap-northeast-2`,
	`aws:profile: dev`,
	`aws:allowedAccountIds: ["111122223333"]`,
	`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b]}`,
	`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24]}, admins: ["arn:aws:iam::111122223333:role/admin"]}`,
	`eksnet:nodeGroups: {general: {instanceTypes: [t3.large], scaling: {min: 1, desired: 1, max: 2}}}`,
	`eksnet:workloads: {old: {kind: clb}, echo: {kind: nlb, scheme: internal}, shop: {kind: alb, group: web, hosts: [shop.example.com], paths: [/buy]}}`,
}

func TestEveryCommittedStackIsPlannedWithinASecond(t *testing.T) {
	names := stackfile.List(root)
	if len(names) == 0 {
		t.Fatal("no stack files")
	}
	for _, name := range names {
		began := processor.Time()
		status, out, complaints := eksnet("plan", name, "-C", root)
		if status != planned || complaints != "" || !strings.HasPrefix(out, "Stack "+name+" can be built: yes, ") {
			t.Errorf("%s: status %d\n%s%s", name, status, out, complaints)
		}
		if took := processor.Time() - began; took > time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestTheTablesShowThePlan(t *testing.T) {
	status, out, complaints := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, good...))
	if status != planned || complaints != "" {
		t.Fatalf("status %d: %s", status, complaints)
	}
	out = regexp.MustCompile(`  +`).ReplaceAllString(out, "  ")
	for _, want := range []string{
		"Stack dev can be built: yes, no warnings, no quotas above AWS's defaults\nregion ap-northeast-2 (aws), account 111122223333, profile dev\n",
		"ap-northeast-2b  10.0.64.0/19  10.0.96.0/20  10.0.80.0/20  NAT gateway in ap-northeast-2b",
		"endpoints: s3 (gateway)",
		"Kubernetes  1.35",
		"API  from the VPC and over the internet from 203.0.113.0/24",
		"arn:aws:iam::111122223333:role/admin administers it",
		"general  t3.large  al2023-x86_64  onDemand  private  1  1  2  -",
		"old  echo  clb  internet-facing  instance  2  -  -  Service old/old-clb  EKS cloud controller",
		"echo  echo  nlb  internal  ip  2  -  -  Service echo/echo-nlb  load balancer controller",
		"shop  echo  alb  internet-facing  ip  2  web  shop.example.com/buy  Ingress shop/shop-alb  load balancer controller",
		"2  -  NAT gateway  ap-northeast-2a, ap-northeast-2b",
		"1  1 to 2  node  group general: t3.large, on demand",
		"1  -  Application Load Balancer  group web",
		"ok  1  5  VPCs per Region  vpc  L-F678F1CE",
		"ok  4 vCPUs  5  Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances  ec2  L-1216C47A",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
}

func TestTheTablesShowTheGroupsOfPrincipalsAndWhatReplacesNodes(t *testing.T) {
	_, out, _ := eksnet("plan", "platform-ap-northeast-2", "-C", root)
	for _, want := range []string{
		"arn:aws:iam::111122223333:role/shop-team is in shop-team\n",
		"arn:aws:iam::111122223333:role/on-call has AmazonEKSAdminViewPolicy everywhere\n",
		"arn:aws:iam::111122223333:role/on-call is in on-call\n",
		`nodeGroups["general"].keyName: must exist in ap-northeast-2 before the stack is created; a change replaces the group's nodes`,
		`nodeGroups["general"].kubelet: a change replaces the group's nodes`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "shop-team has") {
		t.Errorf("a principal with groups alone has a policy in\n%s", out)
	}
}

func TestAQuotaThatFallsShortIsMarkedAndShownWithItsCommand(t *testing.T) {
	dir := stackfiletest.Folder(t, root, append(slices.Clone(good[:5]), `eksnet:nodeGroups: {general: {instanceTypes: [m7g.4xlarge], scaling: {min: 1, desired: 1, max: 9}}}`)...)
	_, out, _ := eksnet("plan", "dev", "-C", dir)
	for _, want := range []string{"SHORT  144 vCPUs", "To request more, if the quota of the account is lower: aws service-quotas request-service-quota-increase --service-code ec2", "can be built: yes, no warnings, 1 quota above AWS's default\n", "--desired-value 144 --region ap-northeast-2 --profile dev"} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
}

func TestEveryProblemIsReportedAtOnceByPathAndNothingIsPlanned(t *testing.T) {
	dir := stackfiletest.Folder(t, root,
		`aws:region: ap-northeast-2`,
		`eksnet:network: {cidr: 10.0.0.0/24, zones: [ap-northeast-2a, ap-northeast-2b]}`,
		`eksnet:cluster: {name: dev, version: 1.35, endpoint: {private: false}}`,
		`eksnet:nodeGroups: {general: {instanceTypes: [t3.large], scaling: {min: 3, desired: 1, max: 2}}}`,
		`eksnet:netwrok: {}`,
	)
	status, out, complaints := eksnet("plan", "dev", "-C", dir)
	if status != misused || out != "" {
		t.Errorf("status %d, and on standard output %q", status, out)
	}
	for _, want := range []string{
		"Pulumi.dev.yaml: the stack file has 6 problems:",
		"netwrok: unknown key; did you mean network?",
		"aws:allowedAccountIds: missing;",
		"network.cidr: 10.0.0.0/24: each zone",
		"cluster.version: 1.35 is not a string: put it in quotes",
		"cluster.endpoint: neither private nor public",
		`nodeGroups["general"].scaling: min 3 is greater than max 2`,
	} {
		if !strings.Contains(complaints, want) {
			t.Errorf("missing %q in\n%s", want, complaints)
		}
	}
}

func TestAnUnknownStackIsReportedWithTheExistingOnes(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	stackfiletest.Write(t, dir, "Pulumi.staging-eu.yaml", "config: {}\n")
	for stack, want := range map[string]string{
		"production": `no stack "production"; existing stacks: dev, staging-eu`,
		"staging-us": `no stack "staging-us" (did you mean staging-eu?); existing stacks: dev, staging-eu`,
		"":           `no stack named; existing stacks: dev, staging-eu`,
	} {
		args := []string{"plan", "-C", dir}
		if stack != "" {
			args = append(args, stack)
		}
		if status, _, complaints := eksnet(args...); status != misused || !strings.Contains(complaints, want) {
			t.Errorf("status %d, want %q in %s", status, want, complaints)
		}
	}
}

func TestAStackFileThatPulumiDoesNotReadAsItLooksIsRefused(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	file, err := os.ReadFile(filepath.Join(dir, "Pulumi.dev.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 101)
	stackfiletest.Write(t, dir, "Pulumi.a b.yaml", string(file))
	stackfiletest.Write(t, dir, "Pulumi."+long+".yaml", string(file))
	stackfiletest.Write(t, dir, "Pulumi.twice.yaml", string(file)+"---\nconfig:\n  eksnet:tags: {team: shop}\n")
	for stack, want := range map[string]string{
		"prod/eu": `stack name "prod/eu" (7 characters): Pulumi accepts up to 100`,
		"a b":     `stack name "a b" (3 characters): Pulumi accepts up to 100 letters, digits, -, _ and .; rename Pulumi.STACK.yaml`,
		long:      `(101 characters): Pulumi accepts up to 100`,
		"twice":   "Pulumi.twice.yaml: a second YAML document (after ---), which Pulumi ignores; keep one",
	} {
		if status, _, complaints := eksnet("plan", stack, "-C", dir); status != misused || !strings.Contains(complaints, want) {
			t.Errorf("status %d, want %q in %s", status, want, complaints)
		}
	}
	stackfiletest.Write(t, dir, "Pulumi.once.yaml", "---\n"+string(file)+"...\n")
	if status, _, complaints := eksnet("plan", "once", "-C", dir); status != planned {
		t.Errorf("one document with its marks is refused: %s", complaints)
	}
}

func TestAFolderThatIsNotTheProjectIsRefused(t *testing.T) {
	empty, other := t.TempDir(), t.TempDir()
	stackfiletest.Write(t, other, "Pulumi.yaml", "name: shop\nruntime: go\n")
	broken := stackfiletest.Folder(t, root, "aws:region: [")
	for dir, want := range map[string]string{
		empty:  "does not exist; specify the project's directory: -C DIR",
		other:  `is of project "shop", not of eksnet`,
		broken: "Pulumi.dev.yaml:2: YAML: did not find",
	} {
		if status, _, complaints := eksnet("plan", "dev", "-C", dir); status != misused || !strings.Contains(complaints, want) {
			t.Errorf("status %d, want %q in %s", status, want, complaints)
		}
	}
}

func TestTheProjectIsTheNearestOneUpwards(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	below := filepath.Join(dir, "docs", "pictures")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(below)
	if status, _, complaints := eksnet("plan", "dev"); status != planned {
		t.Errorf("status %d: %s", status, complaints)
	}
}

func TestACallThatIsNotUnderstoodIsRefused(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "no command; see eksnet -h"},
		{[]string{"up", "dev"}, `unknown command "up"; accepted: plan, path, speed, validate, init, schema, completion`},
		{[]string{"plan", "dev", "prod"}, `"dev prod": plan takes one stack`},
		{[]string{"path", "dev", "echo", "shop"}, `"dev echo shop": path takes one stack and one workload`},
		{[]string{"path", "dev", "-svg", "network.svg"}, "-svg is an option of plan, speed; see eksnet -h"},
		{[]string{"plan", "dev", "-region", "eu-west-1"}, "-region is an option of init; see eksnet -h"},
		{[]string{"schema", "-svg", "a.svg"}, "-svg is an option of plan, speed; see eksnet -h"},
		{[]string{"schema", "dev"}, `"dev": schema takes nothing`},
		{[]string{"init"}, `"": init takes one stack`},
		{[]string{"completion", "csh"}, `no completion for the shell "csh"; accepted: bash, fish, zsh`},
		{[]string{"plan", "dev", "-yaml"}, "flag provided but not defined: -yaml; see eksnet -h"},
		{[]string{"plan", "dev", "-C"}, "flag needs an argument: -C"},
	} {
		if status, out, complaints := eksnet(test.args...); status != misused || out != "" || !strings.Contains(complaints, test.want) {
			t.Errorf("%q: status %d, want %q in %s%s", test.args, status, test.want, out, complaints)
		}
	}
}

func TestHelpPrintsTheUsage(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"plan", "-h"}} {
		if status, _, complaints := eksnet(args...); status != planned || !strings.HasPrefix(complaints, "usage: eksnet plan STACK") || !strings.Contains(complaints, "-json") {
			t.Errorf("%q: status %d: %s", args, status, complaints)
		}
	}
}

func TestJSONIsStableAndItsKeysAreLowerCamelCase(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	_, first, _ := eksnet("plan", "-json", "dev", "-C", dir)
	_, second, _ := eksnet("plan", "dev", "-root", dir, "-json")
	if first != second || first == "" {
		t.Errorf("two plans of one file differ:\n%s\n%s", first, second)
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(first), &tree); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"addons", "podsPerNode", "addresses", "stack", "region", "partition", "accounts", "network", "cluster", "nodeGroups", "workloads", "billedByTheHour", "quotas", "warnings"} {
		if tree[key] == nil {
			t.Errorf("no %s in\n%s", key, first)
		}
	}
	camel := regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	walk(tree, func(key string) {
		if !camel.MatchString(key) {
			t.Errorf("key %q", key)
		}
	})
}

// walk visits the keys of a tree, but those of maps that the operator names.
func walk(tree any, visit func(key string)) {
	switch v := tree.(type) {
	case map[string]any:
		for key, value := range v {
			visit(key)
			if key != "labels" && key != "tags" {
				walk(value, visit)
			}
		}
	case []any:
		for _, value := range v {
			walk(value, visit)
		}
	}
}

// The command has to start at once, on machines without Pulumi too.
func TestTheCommandHoldsNothingOfPulumi(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dependency := range strings.Fields(string(out)) {
		if strings.Contains(dependency, "pulumi") {
			t.Errorf("the command imports %s", dependency)
		}
	}
}

func TestAnEntryWithoutAKeyIsRefusedByThePlaceItIsIn(t *testing.T) {
	_, _, complaints := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, append(slices.Clone(good[:5]), `eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 1}}}`, `eksnet:workloads: {~: {kind: nlb}}`)...))
	if !strings.Contains(complaints, "workloads: an entry has no key; name it, or remove it") || strings.Contains(complaints, "nil") {
		t.Error(complaints)
	}
}

func TestUDPWithAnApplicationWithoutUDPIsOneProblem(t *testing.T) {
	_, _, complaints := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, append(slices.Clone(good[:5]), `eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 1}}}`, `eksnet:workloads: {dns: {kind: nlb, protocol: UDP, app: nginx}}`)...))
	if !strings.Contains(complaints, "the stack file has a problem") || strings.Contains(complaints, "health.port") {
		t.Error(complaints)
	}
}
