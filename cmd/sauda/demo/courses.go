package demo

import (
	"context"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// taught is a course of the demonstration's language school, with its groups.
type taught struct {
	sku     string
	picture string
	draft   course.Draft
	cohorts []course.CohortDraft
	topics  []text.Localized // topics are those of the first lessons of every group.
	shown   []catalog.Media  // shown is the picture, when it is kept.
}

// weekly is a lesson of an hour and a half.
func weekly(at string, days ...time.Weekday) (slots []course.Slot) {
	for _, d := range days {
		slots = append(slots, course.Slot{Weekday: d, At: at, Minutes: 90})
	}
	return slots
}

// lessons are the courses of the school, with groups around a day: one that has begun, and some that take students.
func lessons(today span.Day) []taught { return []taught{kazakh(today), english(today), ielts(today)} }

// from gives so many days, beginning so many days after another.
func from(today span.Day, after, days int) span.Days {
	return span.Days{From: today.AddDays(after), To: today.AddDays(after + days)}
}

// group is a group that takes students, at a price in tenge.
func group(days span.Days, slots []course.Slot, teacher string, places, price int64) course.CohortDraft {
	return course.CohortDraft{Days: days, Zone: "Asia/Almaty", Slots: slots, Teachers: []course.Teacher{{Name: teacher}}, Places: places,
		Price: money.Of(price*100, money.KZT), State: course.CohortOpen}
}

// in has a group study in a room.
func in(room string, g course.CohortDraft) course.CohortDraft {
	g.Room = room
	return g
}

func kazakh(today span.Day) taught {
	plan := []course.Installment{{Share: money.Percent(40)}, {Share: money.Percent(30), AfterDays: 30}, {Share: money.Percent(30), AfterDays: 60}}
	return taught{
		sku: "COURSE-KAZAKH-A1", picture: "course-kazakh",
		draft: course.Draft{
			Name: text.Localized{"kk": "Ересектерге арналған қазақ тілі, A1", "ru": "Казахский для взрослых, A1", "en": "Kazakh for adults, A1", "zh": "成人哈萨克语 A1"},
			About: text.Localized{
				"kk": "Нөлден бастап үш айда дүкенде, көлікте, жұмыста сөйлесіп кетесіз. Топ шағын, сондықтан әр сабақта бәрі сөйлейді.",
				"ru": "С нуля за три месяца до разговора в магазине, в автобусе и на работе. Группа небольшая, поэтому на каждом уроке говорят все.",
				"en": "From nothing to talking in a shop, on a bus and at work, in three months. The group is small, so everybody speaks in every lesson.",
				"zh": "零基础，三个月后即可在商店、公交和工作中交谈。小班授课，每节课人人开口。"},
			Programme: text.Localized{
				"kk": "1. Танысу, дыбыстар, үндестік заңы.\n2. Отбасы және үй.\n3. Базарда және дүкенде: сандар, баға.\n4. Қала ішінде: жол сұрау.\n5. Жұмыс күні, уақыт.\n6. Қонаққа шақыру, дастарқан басында.",
				"ru": "1. Знакомство, звуки, сингармонизм.\n2. Семья и дом.\n3. На базаре и в магазине: числа, цены.\n4. В городе: как спросить дорогу.\n5. Рабочий день, время.\n6. Приглашение в гости, за дастарханом.",
				"en": "1. Meeting people, sounds, vowel harmony.\n2. Family and home.\n3. At the market and in shops: numbers, prices.\n4. In town: asking the way.\n5. A working day, time.\n6. Inviting guests, at the table."},
			Spoken: "kk", AgeLeast: 16, Plan: plan, AccessDays: 60, PauseDays: 7, ShareLeast: 70,
		},
		cohorts: []course.CohortDraft{
			in("Алматы, Абай даңғылы, 52, 3-кабинет", group(from(today, -26, 84), weekly("19:00", time.Monday, time.Wednesday), "Анар Жұмабекова", 10, 96_000)),
			in("Алматы, Абай даңғылы, 52, 5-кабинет", group(from(today, 12, 84), weekly("19:00", time.Tuesday, time.Thursday), "Ерлан Тоқтаров", 10, 96_000)),
			in("Онлайн", group(from(today, 18, 84), weekly("11:00", time.Saturday), "Анар Жұмабекова", 14, 72_000)),
		},
		topics: []text.Localized{
			{"kk": "Танысу", "ru": "Знакомство", "en": "Meeting people"}, {"kk": "Үндестік заңы", "ru": "Сингармонизм", "en": "Vowel harmony"},
			{"kk": "Менің отбасым", "ru": "Моя семья", "en": "My family"}, {"kk": "Үйде", "ru": "Дома", "en": "At home"},
			{"kk": "Сандар және баға", "ru": "Числа и цены", "en": "Numbers and prices"}, {"kk": "Базарда", "ru": "На базаре", "en": "At the market"},
		},
	}
}

func english(today span.Day) taught {
	return taught{
		sku: "COURSE-ENGLISH-KIDS", picture: "course-english-children",
		draft: course.Draft{
			Name: text.Localized{"kk": "Балаларға арналған ағылшын тілі", "ru": "Английский для детей", "en": "English for children", "zh": "少儿英语"},
			About: text.Localized{
				"kk": "Ән, ойын және ертегі арқылы үйренеміз. Алдымен баланың деңгейін анықтап, өзіне лайық топқа қосамыз.",
				"ru": "Учимся через песни, игры и сказки. Сначала узнаём уровень ребёнка и подбираем ему группу.",
				"en": "Learning by songs, games and stories. First we find out what the child knows, then which group fits.",
				"zh": "在歌曲、游戏和故事中学习。先了解孩子的水平，再安排合适的班级。"},
			Programme: text.Localized{
				"kk": "Түстер, жануарлар, мектеп, тамақ, ауа райы. Курс соңында балалар шағын спектакль қояды.",
				"ru": "Цвета, животные, школа, еда, погода. В конце курса дети ставят небольшой спектакль.",
				"en": "Colours, animals, school, food, weather. At the end the children put on a little play."},
			Spoken: "en", Approval: true, AgeLeast: 7, AgeMost: 11, AccessDays: 30, PauseDays: 7, ShareLeast: 60,
			Questions: []course.Question{{Code: "level", Required: true, Label: text.Localized{
				"kk": "Бала бұрын ағылшын тілін оқыды ма?", "ru": "Учил ли ребёнок английский раньше?", "en": "Has the child learned English before?", "zh": "孩子以前学过英语吗？"}}},
		},
		cohorts: []course.CohortDraft{
			in("Алматы, Абай даңғылы, 52, 1-кабинет", group(from(today, 10, 98), weekly("15:30", time.Monday, time.Friday), "Мадина Оспанова", 8, 84_000)),
			in("Алматы, Абай даңғылы, 52, 2-кабинет", group(from(today, 11, 98), weekly("10:00", time.Saturday), "Джеймс Картер", 8, 56_000)),
		},
	}
}

func ielts(today span.Day) taught {
	return taught{
		sku: "COURSE-IELTS", picture: "course-ielts",
		draft: course.Draft{
			Name: text.Localized{"kk": "IELTS емтиханына дайындық", "ru": "Подготовка к IELTS", "en": "Preparing for IELTS", "zh": "雅思备考"},
			About: text.Localized{
				"kk": "Төрт бөлімнің тәсілдері, апта сайын сынақ емтихан және эсселеріңізге жазбаша пікір.",
				"ru": "Приёмы для всех четырёх частей, пробный экзамен каждую неделю и письменный разбор ваших эссе.",
				"en": "Ways through all four parts, a trial exam every week and written remarks on your essays.",
				"zh": "四个部分的应试方法，每周模考，并对作文作书面点评。"},
			Spoken: "en", AgeLeast: 15, Plan: []course.Installment{{Share: money.Percent(50)}, {Share: money.Percent(50), AfterDays: 28}},
			AccessDays: 90, PauseDays: 5, ShareLeast: 80,
		},
		cohorts: []course.CohortDraft{
			in("Онлайн", group(from(today, 5, 56), weekly("18:30", time.Tuesday, time.Thursday, time.Saturday), "Джеймс Картер", 12, 180_000)),
			in("Онлайн", group(from(today, 9, 42), weekly("20:15", time.Monday, time.Wednesday), "Джеймс Картер", 2, 240_000)),
		},
	}
}

// teach opens the language school before the month begins: courses, groups with their lessons around its end, and a student.
func (s *sower) teach(ctx context.Context, end time.Time) error {
	var first course.Cohort
	var kids course.Cohort
	taught := lessons(span.DayOf(end, span.Almaty))
	for i, x := range taught {
		var err error
		if taught[i].shown, err = s.pictures(ctx, product{ExternalID: x.picture, Name: x.draft.Name}); err != nil {
			return err
		}
	}
	err := s.once(ctx, "open the language school", func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "courses", Name: text.Localized{"kk": "Курстар", "ru": "Курсы", "en": "Courses", "zh": "课程"}})
		if err != nil {
			return err
		}
		for _, x := range taught {
			cohorts, err := s.offer(tx, c.ID, x)
			if err != nil {
				return err
			}
			switch x.sku {
			case "COURSE-KAZAKH-A1":
				first = cohorts[0]
			case "COURSE-ENGLISH-KIDS":
				kids = cohorts[0]
			case "COURSE-IELTS":
				s.pair = cohorts[1].ID
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.material(ctx, first.Course); err != nil {
		return err
	}
	s.group, s.kids = first.ID, kids.ID
	if err := s.enrol(ctx, "aisulu", "1991-03-22", s.group); err != nil {
		return err
	}
	return nil
}

// applies has a father ask for a place for his daughter at the end of the month, about which the school has not decided yet.
func (s *sower) applies(ctx context.Context) error {
	who, b, err := s.who("igor")
	if err != nil {
		return err
	}
	return s.as(ctx, who, "igor applies for his daughter", func(tx *db.Tx) error {
		_, err := course.Apply(tx, s.kids, course.Application{
			Student: "Вера", Birth: span.DayOf(tx.Now(), span.Almaty).AddDays(-365*8 - 40), Parent: b.Name, IIN: "840315300077", Agrees: true, Lang: b.Lang,
			Answers: map[string]string{"level": "Год в детском саду: цвета, числа до двадцати, песенки."},
		})
		return err
	})
}

// offer puts a course on the shelf and opens its groups.
func (s *sower) offer(tx *db.Tx, in catalog.CategoryID, x taught) ([]course.Cohort, error) {
	p, err := catalog.Add(tx, catalog.Draft{
		Seller: seller.Own, Category: in, Name: x.draft.Name, Description: x.draft.About, State: catalog.StateOnSale, Media: x.shown,
		Kind: catalog.Kind{Service: &catalog.Service{Way: course.WayName}}, Variants: []catalog.Variant{{SKU: x.sku}},
	})
	if err != nil {
		return nil, err
	}
	least := x.cohorts[0].Price
	for _, g := range x.cohorts {
		if g.Price.Minor < least.Minor {
			least = g.Price
		}
	}
	list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
	if err == nil {
		_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: p.Variants[0].ID, Amount: least}})
	}
	if err != nil {
		return nil, err
	}
	x.draft.Product, x.draft.Variant, x.draft.State = p.ID, p.Variants[0].ID, course.StateShown
	c, err := course.Add(tx, seller.Own, x.draft)
	if err != nil {
		return nil, err
	}
	cohorts := make([]course.Cohort, len(x.cohorts))
	for i, g := range x.cohorts {
		if cohorts[i], err = course.Open(tx, c.ID, g); err != nil {
			return nil, err
		}
	}
	return cohorts, name(tx, cohorts[0].ID, x.topics)
}

// name says what the first lessons of a group are about.
func name(tx *db.Tx, of course.CohortID, topics []text.Localized) error {
	all, err := course.Lessons(tx, of)
	for i, l := range all {
		if i == len(topics) || err != nil {
			break
		}
		_, err = course.ChangeLesson(tx, of, l.ID, course.LessonDraft{Begins: l.Begins, Minutes: int(l.Ends.Sub(l.Begins) / time.Minute), Topic: topics[i]})
	}
	return err
}

// phrases are a material of the first lesson.
const phrases = `Танысу · Знакомство · Meeting people

Сәлеметсіз бе!          Здравствуйте!            Good day!
Менің атым – Анар.      Меня зовут Анар.         My name is Anar.
Сіздің атыңыз кім?      Как вас зовут?           What is your name?
Танысқаныма қуаныштымын. Рада знакомству.        Pleased to meet you.
Сау болыңыз!            До свидания!             Goodbye!
`

// material brings a list of phrases to the first lesson.
func (s *sower) material(ctx context.Context, of course.ID) error {
	kept, err := s.house.Taught().Keep(ctx, of, course.Brought{Body: strings.NewReader(phrases), Size: int64(len(phrases)), Name: "1-сабақ. Сөз тіркестері.txt"})
	if err != nil {
		return err
	}
	return s.once(ctx, "bring materials", func(tx *db.Tx) error {
		_, err := course.AddMaterial(tx, of, 1, kept)
		return err
	})
}

// enrol has a buyer order a place for himself by card.
func (s *sower) enrol(ctx context.Context, name, born string, in course.CohortID) error {
	_, err := s.buyChosen(ctx, name, func(tx *db.Tx, b buyer) (cart.Addition, error) {
		e, err := course.Apply(tx, in, course.Application{Student: b.Name, Birth: span.MustDay(born), Agrees: true, Lang: b.Lang})
		if err != nil {
			return cart.Addition{}, err
		}
		choices, err := course.Choices(tx, []string{string(e.ID)})
		chosen := choices[string(e.ID)]
		return cart.Addition{Variant: chosen.Course.Variant, PriceSeen: chosen.Price, Source: "course", Answers: map[string]string{catalog.ChosenCode: string(e.ID)}}, err
	})
	return err
}

// attend has the school note at the end of the month who was there: the student came late once, and missed a lesson.
func (s *sower) attend(ctx context.Context) error {
	return s.once(ctx, "keep the register", func(tx *db.Tx) error {
		r, err := course.RegisterOf(tx, s.group)
		if err != nil {
			return err
		}
		var marks []course.Mark
		for i, l := range r.Lessons {
			if l.Begins.After(tx.Now()) {
				break
			}
			m := course.Mark{Lesson: l.ID, Presence: course.Present, Mark: 82 + 5*(i%4)}
			switch i {
			case 2:
				m.Presence = course.Late
			case 4:
				m.Presence, m.Mark = course.Absent, 0
			}
			for _, e := range r.Enrolments {
				m.Enrolment = e.ID
				marks = append(marks, m)
			}
		}
		return course.Keep(tx, s.group, marks)
	})
}
