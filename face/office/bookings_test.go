package office_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)
