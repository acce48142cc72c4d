package world_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// sdk returns the folder of pulumi-aws's Go packages.
func sdk(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-aws/sdk/v6").Output()
	if err != nil {
		t.Skipf("pulumi-aws's source is not here: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "go", "aws")
}

// declared returns the outputs that a resource's struct in the SDK declares, and whether each may be absent.
func declared(t *testing.T, dir, typ string) map[string]bool {
	t.Helper()
	path, name, _ := strings.Cut(strings.TrimPrefix(typ, "aws:"), ":")
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, path+".go"), nil, 0)
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	outputs := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			if f.Tag != nil {
				tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("pulumi")
				text, _ := os.ReadFile(filepath.Join(dir, path+".go"))
				kind := string(text[f.Type.Pos()-1 : f.Type.End()-1])
				outputs[tag] = strings.Contains(kind, "Ptr") || strings.Contains(kind, "Array") || strings.Contains(kind, "Map")
			}
		}
		return false
	})
	return outputs
}

func TestEveryResourceHasTheOutputsThatTheSDKDeclares(t *testing.T) {
	dir := sdk(t)
	l := worldtest.NewLab(t).Nodes()
	everythingElse(l)
	for _, k := range world.AWSKinds() {
		made := l.World.All(k.Typ, func(o *store.Object) bool { return o.Owner == "" })
		if len(made) == 0 {
			t.Errorf("%s: the test creates none", k.Typ)
			continue
		}
		outputs := declared(t, dir, k.Typ)
		for _, o := range made {
			for property, optional := range outputs {
				if _, given := o.Outputs[property]; !given && !optional {
					t.Errorf("%s %s has no output %s", k.Typ, o.ID, property)
				}
			}
			for property := range o.Outputs {
				if _, known := outputs[property]; !known {
					t.Errorf("%s %s has the output %s, which the SDK does not declare", k.Typ, o.ID, property)
				}
			}
		}
	}
}

// everythingElse creates one resource of each kind that a cluster with nodes does not need.
func everythingElse(l *worldtest.Lab) {
	l.Make("secondary", store.SecondaryType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "100.64.0.0/16"})
	l.Make("reservation", store.CIDRReservationType, store.Properties{"subnetId": l.IDs["private-a"], "cidrBlock": "10.0.24.0/21", "reservationType": "prefix"})
	l.Make("default-group", store.DefaultGroupType, store.Properties{"vpcId": l.IDs["vpc"]})
	l.Make("s3", store.EndpointType, store.Properties{"vpcId": l.IDs["vpc"], "serviceName": "com.amazonaws.ap-northeast-2.s3", "routeTableIds": []any{l.IDs["private"]}})
	l.Make("lt", store.LaunchTemplateType, store.Properties{"name": "lt"})
	l.Make("group", store.SecurityGroupType, store.Properties{"name": "group", "vpcId": l.IDs["vpc"]})
	l.Make("group-rule", store.GroupRuleType, store.Properties{"securityGroupId": l.IDs["group"], "type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "self": true})
	l.Make("key", store.KeyType, store.Properties{"deletionWindowInDays": 7.0})
	l.Make("alias", store.AliasType, store.Properties{"name": "alias/key", "targetKeyId": l.IDs["key"]})
	zone := l.Make("zone", store.HostedZoneType, store.Properties{"name": "example.com", "comment": "test"})
	l.Make("record", store.RecordType, store.Properties{"zoneId": zone, "name": "example.com", "type": "TXT", "ttl": 300.0, "records": []any{"a text"}})
	l.Make("association", store.ZoneAssociationType, store.Properties{"zoneId": l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", Domain: "example.com", Private: true}), "vpcId": l.IDs["vpc"]})
	l.Make("logs", store.LogGroupType, store.Properties{"name": "/flow", "retentionInDays": 14.0})
	l.Make("egress", store.EgressGatewayType, store.Properties{"vpcId": l.IDs["vpc"]})
	l.Make("flow-role", store.RoleType, store.Properties{"name": "flow", "assumeRolePolicy": worldtest.TrustFor("vpc-flow-logs")})
	l.Make("flow-policy", store.RolePolicyType, store.Properties{"name": "flow", "role": "flow",
		"policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}`})
	l.Make("flow", store.FlowLogType, store.Properties{"vpcId": l.IDs["vpc"], "logDestination": l.Object(store.LogGroupType, "logs").Text("arn"),
		"iamRoleArn": l.Object(store.RoleType, "flow-role").Text("arn"), "trafficType": "ALL"})
	l.Make("policy", store.PolicyType, store.Properties{"name": "policy", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}`})
	l.Associate("default", "web")
	l.Make("entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/admin"})
	l.Make("entry-policy", store.AccessPolicyType, store.Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/admin",
		"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "accessScope": store.Properties{"type": "cluster"}})
}
