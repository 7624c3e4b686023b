package shop

import "sauda/core/catalog"

func liveAddress(id catalog.ProductID) string { return "/p/" + string(id) + "/live" }
