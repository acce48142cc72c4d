package matrix

import "eksnet/rehearsal/changes"

// The committed stacks on which the matrix changes keys.
const (
	LocalStack     = "local"
	govCloudStack  = "test-us-gov-west-1"
	oregonStack    = "dev-us-west-2"
	chinaStack     = "test-cn-northwest-1"
	frankfurtStack = "prod-eu-central-1"
	stagingStack   = "staging-eu-west-1"
	devStack       = "dev-ap-northeast-2"
	virginiaStack  = "prod-us-east-1"
	labStack       = "lab-ap-northeast-2"
	studyStack     = "study-ap-northeast-2"
	ipv6Stack      = "dev-eu-north-1"
	platformStack  = "platform-ap-northeast-2"
	gatewayStack   = "gateway-ap-northeast-2"
)

// edits are changes of a stack file, in their order.
type edits = []changes.Edit

var setKey, dropKey = changes.Set, changes.Drop
