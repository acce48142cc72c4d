package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/command"
	"eksnet/acceptance/look"
	"eksnet/acceptance/memory"
	"eksnet/internal/leftover"
)

const root = "../.."

// process is a run of the command.
type process struct {
	status          int
	out, complaints string
}

// run runs the command with an account in memory.
func run(ctx context.Context, a *memory.Account, denied string, args ...string) process {
	var out, complaints bytes.Buffer
	w := command.World{Out: &out, Complaints: &complaints, Environment: func(string) string { return denied },
		Open:    func(context.Context, command.Credentials) (command.Account, error) { return a, nil },
		Cluster: func(string, string) (look.Cluster, error) { return openCluster(a) }, Client: a.Cluster,
		Wait: func(ctx context.Context, _ time.Duration) error { a.Tick(); return ctx.Err() }}
	status := command.Run(ctx, append(args, "-C", root), w)
	return process{status, out.String(), complaints.String()}
}

// openCluster returns the cluster of an account in memory.
func openCluster(a *memory.Account) (look.Cluster, error) {
	if a.Cluster == nil {
		return nil, errors.New("kubeconfig: no configuration has been provided")
	}
	return a.Cluster, nil
}

// leftovers is an account with a VPC of the stack, a volume with data, a load balancer of a Service and a security
// group by hand.
func leftovers() *memory.Account {
	tags := map[string]string{leftover.StackTag: "dev-ap-northeast-2"}
	item := func(typ, id string, tags map[string]string, needs ...string) *memory.Item {
		return &memory.Item{Resource: leftover.Resource{Type: typ, ID: id, VPC: "vpc-1", Tags: tags, Size: 1, ARN: id}, Needs: needs}
	}
	volume := item(leftover.VolumeType, "vol-1", map[string]string{"kubernetes.io/cluster/dev": "owned", "kubernetes.io/created-for/pvc/name": "data"})
	volume.VPC, volume.Size = "", 20
	balancer := item(leftover.LoadBalancerType, "arn:lb/1", map[string]string{"elbv2.k8s.aws/cluster": "dev", "service.k8s.aws/stack": "echo/echo"})
	balancer.State = "active"
	return &memory.Account{Who: account.Identity{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/me"}, Items: []*memory.Item{
		item(leftover.VPCType, "vpc-1", tags), item(leftover.SubnetType, "subnet-1", tags, "vpc-1"), balancer, volume,
		item(leftover.SecurityGroupType, "sg-hand", nil, "vpc-1"),
	}}
}

var sweepArgs = []string{"sweep", "dev-ap-northeast-2", "--account", "111122223333", "--region", "ap-northeast-2"}

func TestAnAuditSaysWhoWhyWhatItCostsAndHowToDelete(t *testing.T) {
	a := leftovers()
	p := run(t.Context(), a, "", "audit", "dev-ap-northeast-2")
	if p.status != 1 || p.complaints != "" || len(a.Deletions) > 0 {
		t.Errorf("status %d, %s", p.status, p.complaints)
	}
	for _, want := range []string{"account 111122223333, region ap-northeast-2, as arn:aws:iam::111122223333:user/me", "stack dev-ap-northeast-2, cluster dev: does not exist",
		"5 resources remain, 18.03 USD a month", "arn:lb/1  load balancer controller  Service echo/echo  active  16.43\n", "load balancer controller: the controller was deleted",
		"volume vol-1: its deletion loses the data in it", "security group sg-hand: it is in a VPC of the stack, and prevents its deletion",
		"  aws elbv2 delete-load-balancer --load-balancer-arn arn:lb/1\n", "  # security group sg-hand: it is in a VPC of the stack, and prevents its deletion\n  # aws ec2 delete-security-group --group-id sg-hand\n"} {
		if !strings.Contains(p.out, want) {
			t.Errorf("missing %q in\n%s", want, p.out)
		}
	}
	if at := strings.Index(p.out, "Commands, each"); strings.Index(p.out[at:], "delete-load-balancer") > strings.Index(p.out[at:], "delete-vpc") {
		t.Errorf("the commands are not in the order of deletion:\n%s", p.out)
	}
}

func TestAnAuditAsJSONHasTheSame(t *testing.T) {
	p := run(t.Context(), leftovers(), "", "audit", "dev-ap-northeast-2", "-json")
	var read struct {
		Account string
		Report  audit.Report
	}
	if err := json.Unmarshal([]byte(p.out), &read); err != nil || read.Account != "111122223333" || len(read.Report.Findings) != 5 {
		t.Errorf("%v: %s", err, p.out)
	}
}

func TestAnEmptyAccountHasNothing(t *testing.T) {
	p := run(t.Context(), &memory.Account{Who: account.Identity{Account: "111122223333"}}, "", "audit", "dev-ap-northeast-2")
	if p.status != 0 || !strings.Contains(p.out, "nothing remains\n") {
		t.Errorf("status %d: %s", p.status, p.out)
	}
}

func TestASweepIsADryRunUnlessToDelete(t *testing.T) {
	a := leftovers()
	p := run(t.Context(), a, "", sweepArgs...)
	if p.status != 1 || len(a.Deletions) > 0 || !strings.Contains(p.out, "dry run: a sweep would delete 3 resources, and keep 2 resources") ||
		!strings.Contains(p.out, "delete with: eksnet-aws sweep dev-ap-northeast-2 --account 111122223333 --region ap-northeast-2 --delete\n") {
		t.Errorf("status %d, deleted %v: %s%s", p.status, a.Deletions, p.out, p.complaints)
	}
}

func TestASweepDeletesAndReportsWhatRemains(t *testing.T) {
	a := leftovers()
	p := run(t.Context(), a, "", append(slices.Clone(sweepArgs), "--delete")...)
	if p.status != 1 || !slices.Equal(a.Deletions, []string{"arn:lb/1", "subnet-1"}) {
		t.Errorf("status %d, deleted %v: %s%s", p.status, a.Deletions, p.out, p.complaints)
	}
	for _, want := range []string{"AWS accepted the deletion of 2 resources in ", "remains: VPC vpc-1: Delete aws:ec2/vpc:Vpc: vpc-1 is used by sg-hand", "kept: volume vol-1: its deletion loses the data in it", "kept: security group sg-hand",
		"nothing changes any more; delete what the errors name, or add permissions of docs/sweep-policy.json, and continue with: eksnet-aws sweep dev-ap-northeast-2"} {
		if !strings.Contains(p.out, want) {
			t.Errorf("missing %q in\n%s", want, p.out)
		}
	}
	a.Items = slices.DeleteFunc(a.Items, func(item *memory.Item) bool { return item.ID == "sg-hand" })
	if p = run(t.Context(), a, "", append(slices.Clone(sweepArgs), "--delete", "--data")...); p.status != 0 || len(a.Items) > 0 {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
}

func TestWrongTargetsAreRefusedInOneLine(t *testing.T) {
	for want, args := range map[string][]string{
		"--account is missing": {"sweep", "dev-ap-northeast-2", "--region", "ap-northeast-2", "--delete"},
		"--account 444455556666: the credentials are those of account 111122223333": {"sweep", "dev-ap-northeast-2", "--account", "444455556666", "--region", "ap-northeast-2", "--delete"},
		"--region eu-west-1: aws:region of stack dev-ap-northeast-2":                {"sweep", "dev-ap-northeast-2", "--account", "111122223333", "--region", "eu-west-1", "--delete"},
		"stack prod-eu-central-1: its name is that of production":                   {"sweep", "prod-eu-central-1", "--account", "111122223333", "--region", "eu-central-1", "--delete"},
		`no stack "dev"; existing stacks: dev-ap-northeast-2`:                       {"audit", "dev"},
		"--delete, --data and --with-cluster are options of sweep":                  {"audit", "dev-ap-northeast-2", "--delete"},
		`unknown command "nuke"; accepted: check, audit, sweep, look or accept`:     {"nuke", "dev-ap-northeast-2"},
	} {
		a := leftovers()
		if p := run(t.Context(), a, "", args...); p.status != 2 || !strings.Contains(p.complaints, want) || strings.Count(p.complaints, "\n") != 1 || len(a.Deletions) > 0 {
			t.Errorf("status %d, want %q: %s", p.status, want, p.complaints)
		}
	}
	a := leftovers()
	if p := run(t.Context(), a, "444455556666,111122223333", append(slices.Clone(sweepArgs), "--delete")...); p.status != 2 || !strings.Contains(p.complaints, "the account is in the deny-list") || len(a.Deletions) > 0 {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
}

func TestAStackWithAnActiveClusterIsRefused(t *testing.T) {
	a := leftovers()
	a.Items = append(a.Items, &memory.Item{Resource: leftover.Resource{Type: leftover.ClusterType, ID: "dev", Name: "dev", VPC: "vpc-1", State: "ACTIVE", Tags: map[string]string{leftover.StackTag: "dev-ap-northeast-2"}}, Needs: []string{"vpc-1"}})
	p := run(t.Context(), a, "", append(slices.Clone(sweepArgs), "--delete")...)
	if p.status != 2 || !strings.Contains(p.complaints, "cluster dev is ACTIVE: pulumi destroy --stack dev-ap-northeast-2 deletes the stack in order") || len(a.Deletions) > 0 {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
	if p = run(t.Context(), a, "", append(slices.Clone(sweepArgs), "--delete", "--with-cluster")...); !slices.Contains(a.Deletions, "dev") {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
}

func TestErrorsOfTheAccountAreOneLineWithWhatToDo(t *testing.T) {
	for want, failed := range map[string]*account.Error{
		"ec2:DescribeVpcs: ExpiredToken: expired; check the credentials with aws sts get-caller-identity, and that region ap-northeast-2 is enabled": {Cause: account.Unauthenticated, Call: "ec2:DescribeVpcs", Err: errors.New("ExpiredToken: expired")},
		"ec2:DescribeVpcs: UnauthorizedOperation: no; the permissions that the command needs are in docs/audit-policy.json":                          {Cause: account.Denied, Call: "ec2:DescribeVpcs", Err: errors.New("UnauthorizedOperation: no")},
	} {
		a := leftovers()
		a.Refuse = func(call string, _ leftover.Resource) error {
			if call == "ec2:DescribeVpcs" {
				return failed
			}
			return nil
		}
		if p := run(t.Context(), a, "", "audit", "dev-ap-northeast-2"); p.status != 3 || !strings.Contains(p.complaints, want) || strings.Count(p.complaints, "\n") != 1 {
			t.Errorf("status %d, want %q: %s", p.status, want, p.complaints)
		}
	}
}

func TestAnInterruptKeepsWhatWasDoneAndPrintsTheNextCommand(t *testing.T) {
	a := leftovers()
	ctx, cancel := context.WithCancel(t.Context())
	a.Refuse = func(call string, _ leftover.Resource) error {
		if call == "Delete" {
			cancel()
		}
		return nil
	}
	p := run(ctx, a, "", append(slices.Clone(sweepArgs), "--delete")...)
	if p.status != 130 || len(a.Deletions) != 1 || !strings.Contains(p.complaints, "1 resource is deleted; continue with: eksnet-aws sweep dev-ap-northeast-2 --account 111122223333 --region ap-northeast-2 --delete\n") {
		t.Errorf("status %d, deleted %v: %s", p.status, a.Deletions, p.complaints)
	}
}

func TestACheckPrintsEachRowAndWhatToDo(t *testing.T) {
	a := &memory.Account{Who: account.Identity{Account: "444455556666"}, Settings: memory.Settings{RegionState: "opted-in", Block: "off"}}
	p := run(t.Context(), a, "", "check", "dev-ap-northeast-2")
	if p.status != 1 || !strings.Contains(p.out, "failed   account") || !strings.Contains(p.out, "account: aws:allowedAccountIds accepts 111122223333") || !strings.Contains(p.out, "zone ap-northeast-2a: accepted") {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
	a.Refuse = func(call string, _ leftover.Resource) error {
		if call == "sts:GetCallerIdentity" {
			return &account.Error{Cause: account.Unauthenticated, Call: call, Err: errors.New("ExpiredToken")}
		}
		return nil
	}
	if p = run(t.Context(), a, "", "check", "dev-ap-northeast-2"); p.status != 3 || !strings.HasPrefix(p.complaints, "eksnet-aws: sts:GetCallerIdentity: ExpiredToken; check the credentials") {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
}
