package eks

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/rehearsal/world/store"
)

// The formats of the strings in the VPC CNI's environment.
const (
	anyText = iota
	truth   // true or false
	count   // a whole number
)

// cniEnvironment are the variables in the schema of the VPC CNI's add-on, with their formats (aws eks
// describe-addon-configuration --addon-name vpc-cni, as quoted in
// https://github.com/aws/amazon-vpc-cni-k8s/issues/3059; newer ones are in
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/README.md).
var cniEnvironment = func() map[string]int {
	known := map[string]int{}
	for form, names := range map[int]string{
		anyText: "ADDITIONAL_ENI_TAGS AWS_EC2_ENDPOINT AWS_EXTERNAL_SERVICE_CIDRS AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS AWS_VPC_K8S_CNI_LOGLEVEL AWS_VPC_K8S_CNI_LOG_FILE " +
			"AWS_VPC_K8S_CNI_RANDOMIZESNAT AWS_VPC_K8S_CNI_VETHPREFIX AWS_VPC_K8S_PLUGIN_LOG_FILE AWS_VPC_K8S_PLUGIN_LOG_LEVEL CLUSTER_ENDPOINT CLUSTER_NAME " +
			"ENI_CONFIG_ANNOTATION_DEF ENI_CONFIG_LABEL_DEF INTROSPECTION_BIND_ADDRESS NETWORK_POLICY_ENFORCING_MODE POD_SECURITY_GROUP_ENFORCING_MODE",
		truth: "ANNOTATE_POD_IP AWS_MANAGE_ENIS_NON_SCHEDULABLE AWS_VPC_CNI_NODE_PORT_SUPPORT AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG " +
			"AWS_VPC_K8S_CNI_EXTERNALSNAT DISABLE_INTROSPECTION DISABLE_LEAKED_ENI_CLEANUP DISABLE_METRICS DISABLE_NETWORK_RESOURCE_PROVISIONING DISABLE_POD_V6 " +
			"DISABLE_TCP_EARLY_DEMUX ENABLE_BANDWIDTH_PLUGIN ENABLE_IMDS_ONLY_MODE ENABLE_IPv4 ENABLE_IPv6 ENABLE_MULTI_NIC ENABLE_NFTABLES ENABLE_POD_ENI " +
			"ENABLE_PREFIX_DELEGATION ENABLE_SUBNET_DISCOVERY ENABLE_V4_EGRESS ENABLE_V6_EGRESS",
		count: "AWS_VPC_ENI_MTU IP_COOLDOWN_PERIOD MAX_ENI MINIMUM_IP_TARGET POD_MTU WARM_ENI_TARGET WARM_IP_TARGET WARM_PREFIX_TARGET",
	} {
		for _, name := range strings.Fields(names) {
			known[name] = form
		}
	}
	return known
}()

// initEnvironment are the variables of the container that prepares a node for the CNI, which are an object of their own
// in the schema (the same issue;
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/charts/aws-vpc-cni/values.yaml, init.env).
var initEnvironment = map[string]int{"DISABLE_TCP_EARLY_DEMUX": truth, "ENABLE_V6_EGRESS": truth}

var AddonTexts = store.NewRule("the VPC CNI's variables are those of its schema, and booleans and numbers are strings",
	"%s, InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation failed with error: [$.%s.%s: %s]",
	"https://github.com/aws/amazon-vpc-cni-k8s/issues/3059")

var EniConfigComplete = store.NewRule("the VPC CNI's ENIConfigs name a subnet for each zone, and their region",
	"%s, InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation failed with error: [$.eniConfig%s]",
	"https://github.com/aws/amazon-vpc-cni-k8s/issues/3059")

var PolicyAgentText = store.NewRule("the VPC CNI's network policy agent is enabled by a string",
	"%s, InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation failed with error: [$.enableNetworkPolicy: %s]",
	"https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html")

// CNIConfigured checks the configuration of the VPC CNI's add-on against its schema, as far as it is modelled.
func CNIConfigured(values map[string]any, op string) error {
	init := store.MapOf(store.MapOf(values["init"])["env"])
	if err := store.First(environmentFits(store.MapOf(values["env"]), cniEnvironment, op, "env"), environmentFits(init, initEnvironment, op, "init.env")); err != nil {
		return err
	}
	if agent, given := values["enableNetworkPolicy"]; given {
		text, isText := agent.(string)
		if err := PolicyAgentText.When(!isText || text != "true" && text != "false", op, fmt.Sprintf("%T found, string of a truth value expected", agent)); err != nil {
			return err
		}
	}
	return eniConfigFits(values["eniConfig"], op)
}

// environmentFits refuses a variable that a schema does not have, and a value in another format.
func environmentFits(values map[string]any, schema map[string]int, op, path string) error {
	for name, value := range byKey(values) {
		text, _ := value.(string)
		form, known := schema[name]
		_, err := strconv.Atoi(text)
		if refusal := store.First(
			AddonTexts.When(!known, op, path, name, "is not defined in the schema and the schema does not allow additional properties"),
			AddonTexts.When(form == truth && text != "true" && text != "false", op, path, name, "does not match the boolean pattern"),
			AddonTexts.When(form == count && err != nil, op, path, name, "does not match the integer pattern"),
		); refusal != nil {
			return refusal
		}
	}
	return nil
}

func eniConfigFits(value any, op string) error {
	if value == nil {
		return nil
	}
	config := store.MapOf(value)
	for _, required := range []string{"create", "region", "subnets"} {
		if err := EniConfigComplete.When(config[required] == nil, op, "."+required+": is missing but it is required"); err != nil {
			return err
		}
	}
	subnets := store.MapOf(config["subnets"])
	if err := EniConfigComplete.When(len(subnets) == 0, op, ".subnets: must have at least 1 properties"); err != nil {
		return err
	}
	for zone, subnet := range byKey(subnets) {
		if err := EniConfigComplete.When(store.MapOf(subnet)["id"] == nil, op, ".subnets."+zone+".id: is missing but it is required"); err != nil {
			return err
		}
	}
	return nil
}

// byKey iterates over a map in the order of its keys, so that of several problems the same one is reported each time.
func byKey(m map[string]any) func(yield func(string, any) bool) {
	return func(yield func(string, any) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
