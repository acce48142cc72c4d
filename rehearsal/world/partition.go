package world

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// partition is an AWS partition.
type partition struct{ id, dnsSuffix, reverseDNS string }

// partitionOf returns the partition of a region, by the prefix of its name.
func partitionOf(region string) partition {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return partition{"aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"}
	case strings.HasPrefix(region, "us-gov-"):
		return partition{"aws-us-gov", "amazonaws.com", "com.amazonaws"}
	default:
		return partition{"aws", "amazonaws.com", "com.amazonaws"}
	}
}

func (w *World) partition() partition { return partitionOf(w.region) }

// zone is an availability zone. Its name ("us-east-1a") is specific to the account, its ID ("use1-az1") is not.
type zone struct{ name, id string }

// regions are the regions with their zones as an account sees them, by the zones' letters and the numbers of their IDs
// (read in November 2026 from
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html). In the regions of 2012
// and before, the order of letters depends on the account: this is the order of a real account.
var regions = map[string]string{
	"us-east-1": "use1 a1 b2 c4 d6 e3 f5", "us-east-2": "use2 a1 b2 c3", "us-west-1": "usw1 a3 c1", "us-west-2": "usw2 a1 b2 c3 d4",
	"ca-central-1": "cac1 a1 b2 d4", "ca-west-1": "caw1 a1 b2 c3", "mx-central-1": "mxc1 a1 b2 c3", "sa-east-1": "sae1 a1 b2 c3",
	"eu-central-1": "euc1 a2 b3 c1", "eu-central-2": "euc2 a1 b2 c3", "eu-west-1": "euw1 a1 b2 c3", "eu-west-2": "euw2 a2 b3 c1",
	"eu-west-3": "euw3 a1 b2 c3", "eu-north-1": "eun1 a1 b2 c3", "eu-south-1": "eus1 a1 b2 c3", "eu-south-2": "eus2 a1 b2 c3",
	"ap-northeast-1": "apne1 a4 c1 d2", "ap-northeast-2": "apne2 a1 b2 c3 d4", "ap-northeast-3": "apne3 a3 b1 c2",
	"ap-southeast-1": "apse1 a1 b2 c3", "ap-southeast-2": "apse2 a1 b3 c2", "ap-southeast-3": "apse3 a1 b2 c3",
	"ap-southeast-4": "apse4 a1 b2 c3", "ap-southeast-5": "apse5 a1 b2 c3", "ap-southeast-6": "apse6 a1 b2 c3", "ap-southeast-7": "apse7 a1 b2 c3",
	"ap-south-1": "aps1 a1 b3 c2", "ap-south-2": "aps2 a1 b2 c3", "ap-east-1": "ape1 a1 b2 c3", "ap-east-2": "ape2 a1 b2 c3",
	"af-south-1": "afs1 a1 b2 c3", "il-central-1": "ilc1 a1 b2 c3", "me-central-1": "mec1 a1 b2 c3", "me-south-1": "mes1 a1 b2 c3",
	"us-gov-east-1": "usge1 a1 b2 c3", "us-gov-west-1": "usgw1 a1 b2 c3",
	"cn-north-1": "cnn1 a1 b2 d4", "cn-northwest-1": "cnnw1 a1 b2 c3",
}

// zonesOf returns the zones of a region, by name.
func zonesOf(region string) []zone {
	prefix, letters, _ := strings.Cut(regions[region], " ")
	var zones []zone
	for _, z := range strings.Fields(letters) {
		zones = append(zones, zone{region + z[:1], prefix + "-az" + z[1:]})
	}
	return zones
}

var (
	accountAllowed = rule("only an allowed account is used",
		"AWS account ID not allowed: %s",
		"https://www.pulumi.com/registry/packages/aws/installation-configuration/")
	regionKnown = rule("a region that is named exists",
		"invalid AWS Region: %s",
		"https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html")
	zoneFilterKnown = rule("zones are filtered by filters of EC2",
		"reading EC2 Availability Zones: operation error EC2: DescribeAvailabilityZones, api error InvalidParameterValue: The filter '%s' is invalid",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html")
)

// configure refuses what an aws provider refuses before its first call, and sets the account's region.
func (w *World) configure(config AWSConfig) (caller, error) {
	if err := regionKnown.when(regions[config.Region] == "", config.Region); err != nil {
		return caller{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.region
	w.region = config.Region
	who, err := w.signedIn(config.SignIn)
	account := who.account()
	if err = first(err, accountAllowed.when(len(config.Accounts) > 0 && !slices.Contains(config.Accounts, account), account)); err != nil {
		w.region = before
		return caller{}, err
	}
	if before != "" && before != config.Region && len(w.objects) > 0 {
		w.region = before
		return caller{}, unmodelled("two regions at a time, and has %d objects in %s: destroy them before %s is used", len(w.objects), before, config.Region)
	}
	if account != w.options.Account {
		return caller{}, unmodelled("two accounts: it is %s, and %s is in %s", w.options.Account, config.Role, account)
	}
	return who, nil
}

func getPartition(c *call, _ Properties) (Properties, error) {
	p := c.partition()
	return Properties{"id": p.id, "partition": p.id, "dnsSuffix": p.dnsSuffix, "reverseDnsPrefix": p.reverseDNS}, nil
}

func getRegion(c *call, args Properties) (Properties, error) {
	name, _ := args["name"].(string)
	name = cmp.Or(name, c.region)
	if err := regionKnown.when(regions[name] == "", name); err != nil {
		return nil, err
	}
	endpoint := "ec2." + name + "." + partitionOf(name).dnsSuffix
	return Properties{"id": name, "name": name, "description": name, "endpoint": endpoint}, nil
}

func getCallerIdentity(c *call, _ Properties) (Properties, error) {
	user := "AIDAREHEARSALOPERATOR"
	if c.caller.arn != c.caller.principal {
		user = "AROAREHEARSALOPERATOR:" + lastOf(c.caller.arn, "/")
	}
	return Properties{"id": c.options.Account, "accountId": c.options.Account, "arn": c.caller.arn, "userId": user}, nil
}

func getAvailabilityZones(c *call, args Properties) (Properties, error) {
	zones, err := filteredZones(c.region, args)
	if err != nil {
		return nil, err
	}
	names, ids := []any{}, []any{}
	for _, z := range zones {
		names, ids = append(names, z.name), append(ids, z.id)
	}
	found := clone(args)
	if found == nil {
		found = Properties{}
	}
	maps.Copy(found, Properties{"id": c.region, "names": names, "zoneIds": ids, "groupNames": []any{c.region}})
	return found, nil
}

// filteredZones returns the zones that match the arguments of getAvailabilityZones.
func filteredZones(region string, args Properties) ([]zone, error) {
	state, _ := args["state"].(string)
	zones := slices.DeleteFunc(zonesOf(region), func(z zone) bool {
		return slices.Contains(texts(args["excludeNames"]), z.name) || slices.Contains(texts(args["excludeZoneIds"]), z.id) ||
			cmp.Or(state, "available") != "available"
	})
	filters, _ := args["filters"].([]any)
	for _, f := range filters {
		name, _ := mapOf(f)["name"].(string)
		values := texts(mapOf(f)["values"])
		zones = slices.DeleteFunc(zones, func(z zone) bool { return !slices.Contains(values, zoneAttribute(region, z, name)) })
		if err := zoneFilterKnown.when(zoneAttribute(region, zone{}, name) == "unknown", name); err != nil {
			return nil, err
		}
	}
	return zones, nil
}

func zoneAttribute(region string, z zone, filter string) string {
	switch filter {
	case "opt-in-status":
		return "opt-in-not-required"
	case "zone-type":
		return "availability-zone"
	case "region-name", "group-name":
		return region
	case "state":
		return "available"
	case "zone-name":
		return z.name
	case "zone-id":
		return z.id
	}
	return "unknown"
}
