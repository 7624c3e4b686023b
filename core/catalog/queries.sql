-- name: InsertCategory :execrows
INSERT INTO category (id, parent, slug, name, path, position)
VALUES (sqlc.arg(id), sqlc.arg(parent), sqlc.arg(slug), sqlc.arg(name), sqlc.arg(path), sqlc.arg(position))
ON CONFLICT DO NOTHING;

-- name: Category :one
SELECT id, parent, slug, name, path, position FROM category WHERE id = sqlc.arg(id);

-- name: CategoryBySlug :one
SELECT id, parent, slug, name, path, position FROM category WHERE slug = sqlc.arg(slug);

-- name: Categories :many
SELECT id, parent, slug, name, path, position FROM category;

-- name: CategoriesOf :many
SELECT id, parent, slug, name, path, position FROM category
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: CategoriesBySlug :many
SELECT id, parent, slug, name, path, position FROM category
WHERE slug IN (SELECT value FROM json_each(cast(sqlc.arg(slugs) AS TEXT)));

-- name: Trail :many
-- A category and those above it, the root first.
SELECT c.id, c.parent, c.slug, c.name, c.path, c.position FROM category_above a JOIN category c ON c.id = a.above
WHERE a.category = sqlc.arg(category) ORDER BY length(c.path);

-- name: Subtree :many
SELECT c.id, c.parent, c.slug, c.name, c.path, c.position FROM category_above a JOIN category c ON c.id = a.category
WHERE a.above = sqlc.arg(above) ORDER BY c.path;

-- name: CategoryInUse :one
-- Whether a category holds a product or another category.
SELECT CASE WHEN EXISTS (SELECT 1 FROM product p WHERE p.category = sqlc.arg(id))
              OR EXISTS (SELECT 1 FROM category c WHERE c.parent = sqlc.arg(id)) THEN 1 ELSE 0 END AS in_use;

-- name: SetCategory :execrows
UPDATE category SET slug = sqlc.arg(slug), name = sqlc.arg(name), position = sqlc.arg(position) WHERE id = sqlc.arg(id);

-- name: SetCategoryPath :exec
UPDATE category SET parent = sqlc.arg(parent), path = sqlc.arg(path), position = sqlc.arg(position)
WHERE id = sqlc.arg(id);

-- name: DeleteCategory :exec
DELETE FROM category WHERE id = sqlc.arg(id);

-- name: DeleteAbove :exec
DELETE FROM category_above WHERE category IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: InsertAbove :exec
INSERT INTO category_above (category, above) VALUES (sqlc.arg(category), sqlc.arg(above));

-- name: InsertProduct :exec
INSERT INTO product (id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin,
                     tax_class, name, cover, words, options, media, description, attributes, proof, provenance, score)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(external_id), sqlc.arg(slug), sqlc.arg(category), sqlc.arg(state),
        sqlc.arg(since), sqlc.arg(version), sqlc.arg(digest), sqlc.arg(revised), sqlc.arg(brand), sqlc.arg(origin),
        sqlc.arg(tax_class), sqlc.arg(name), sqlc.arg(cover), sqlc.arg(words), sqlc.arg(options), sqlc.arg(media),
        sqlc.arg(description), sqlc.arg(attributes), sqlc.arg(proof), sqlc.arg(provenance), -1);

-- name: SetProduct :execrows
UPDATE product SET slug = sqlc.arg(slug), category = sqlc.arg(category), state = sqlc.arg(state), since = sqlc.arg(since),
       version = version + 1, digest = sqlc.arg(digest), revised = sqlc.arg(revised), brand = sqlc.arg(brand),
       origin = sqlc.arg(origin), tax_class = sqlc.arg(tax_class), name = sqlc.arg(name), cover = sqlc.arg(cover),
       words = sqlc.arg(words), options = sqlc.arg(options), media = sqlc.arg(media),
       description = sqlc.arg(description), attributes = sqlc.arg(attributes), proof = sqlc.arg(proof),
       provenance = sqlc.arg(provenance), score = -1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: ReplaceProduct :exec
-- What an import writes over a product; it asked for its version before in the same moment.
UPDATE product SET slug = sqlc.arg(slug), category = sqlc.arg(category), state = sqlc.arg(state), since = sqlc.arg(since),
       version = version + 1, digest = sqlc.arg(digest), revised = sqlc.arg(revised), brand = sqlc.arg(brand),
       origin = sqlc.arg(origin), tax_class = sqlc.arg(tax_class), name = sqlc.arg(name), cover = sqlc.arg(cover),
       words = sqlc.arg(words), options = sqlc.arg(options), media = sqlc.arg(media),
       description = sqlc.arg(description), attributes = sqlc.arg(attributes), proof = sqlc.arg(proof),
       provenance = sqlc.arg(provenance), score = -1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Product :one
SELECT id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin, tax_class, name,
       cover, words, options, media, description, attributes, proof, provenance, score, kind
FROM product WHERE id = sqlc.arg(id);

-- name: ProductByExternalID :one
SELECT id FROM product WHERE seller = sqlc.arg(seller) AND external_id = sqlc.arg(external_id) AND external_id <> '';

-- name: Known :many
-- What an import must know of the products that it brings again.
SELECT id, external_id, category, state, since, version, digest FROM product
WHERE seller = sqlc.arg(seller) AND external_id <> ''
  AND external_id IN (SELECT value FROM json_each(cast(sqlc.arg(external_ids) AS TEXT)));

-- name: UpsertVariant :exec
INSERT INTO variant (id, product, seller, sku, dropped, position, gtin, ntin, hs, options, label, unit, mass, length,
                     width, height, tracking)
VALUES (sqlc.arg(id), sqlc.arg(product), sqlc.arg(seller), sqlc.arg(sku), 0, sqlc.arg(position), sqlc.arg(gtin),
        sqlc.arg(ntin), sqlc.arg(hs), sqlc.arg(options), sqlc.arg(label), sqlc.arg(unit), sqlc.arg(mass),
        sqlc.arg(length), sqlc.arg(width), sqlc.arg(height), sqlc.arg(tracking))
ON CONFLICT (id) DO UPDATE SET dropped = 0, position = excluded.position, gtin = excluded.gtin, ntin = excluded.ntin,
       hs = excluded.hs, options = excluded.options, label = excluded.label, unit = excluded.unit, mass = excluded.mass,
       length = excluded.length, width = excluded.width, height = excluded.height, tracking = excluded.tracking;

-- name: DropVariants :exec
UPDATE variant SET dropped = 1 WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Variants :many
SELECT id, product, seller, sku, dropped, position, gtin, ntin, hs, options, label, unit, mass, length, width, height,
       tracking
FROM variant WHERE product = sqlc.arg(product) AND dropped = 0 ORDER BY position;

-- name: VariantsEver :many
-- Those that were dropped are among them.
SELECT id FROM variant WHERE product = sqlc.arg(product) ORDER BY id;

-- name: VariantsOfSKU :many
SELECT id, product, sku, tracking FROM variant
WHERE seller = sqlc.arg(seller) AND sku IN (SELECT value FROM json_each(cast(sqlc.arg(skus) AS TEXT)));

-- name: VariantsOfProducts :many
SELECT id, product, sku, label, unit, tracking FROM variant
WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND dropped = 0
ORDER BY product, position;

-- name: Offers :many
SELECT v.id, v.product, v.seller, v.sku, v.dropped, v.label, v.unit, v.mass, v.length, v.width, v.height, v.gtin, v.ntin,
       v.hs, v.tracking, p.slug, p.state, p.name, p.tax_class, p.origin, p.cover, p.kind, p.category, p.brand, p.proof
FROM variant v JOIN product p ON p.id = v.product
WHERE v.id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Shelve :exec
-- Puts those of these products that are on sale into their category and all above it. The state is no bare column here,
-- or SQLite would look through all that is on sale instead of the few ids.
INSERT INTO product_shelf (category, since, product, seller)
SELECT a.above, p.since, p.id, p.seller FROM product p JOIN category_above a ON a.category = p.category
WHERE p.id IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND p.state || '' = 'on_sale';

-- name: Unshelve :exec
-- Takes products off every shelf, before their category or time changes.
DELETE FROM product_shelf WHERE (category, since, product) IN (
SELECT a.above, p.since, p.id FROM product p JOIN category_above a ON a.category = p.category
WHERE p.id IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))));

-- name: UnshelveCategories :exec
-- Takes all products of these categories off every shelf, before the categories are moved.
DELETE FROM product_shelf WHERE (category, since, product) IN (
SELECT a.above, p.since, p.id FROM product p JOIN category_above a ON a.category = p.category
WHERE p.category IN (SELECT value FROM json_each(cast(sqlc.arg(categories) AS TEXT))));

-- name: ShelveCategories :exec
INSERT INTO product_shelf (category, since, product, seller)
SELECT a.above, p.since, p.id, p.seller FROM product p JOIN category_above a ON a.category = p.category
WHERE p.category IN (SELECT value FROM json_each(cast(sqlc.arg(categories) AS TEXT))) AND p.state || '' = 'on_sale';

-- name: CountVariantsOf :one
SELECT count(*) FROM variant
WHERE seller = sqlc.arg(seller) AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: TrackVariants :many
UPDATE variant SET tracking = 'tracked'
WHERE tracking = 'untracked' AND seller = sqlc.arg(seller)
  AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)))
RETURNING id, product;

-- name: InsertAttribute :execrows
INSERT INTO category_question (category, code, kind, label, heading, unit, choices, required, filterable, comparable,
                               position)
VALUES (sqlc.arg(category), sqlc.arg(code), sqlc.arg(kind), sqlc.arg(label), sqlc.arg(heading), sqlc.arg(unit),
        sqlc.arg(choices), sqlc.arg(required), sqlc.arg(filterable), sqlc.arg(comparable), sqlc.arg(position))
ON CONFLICT DO NOTHING;

-- name: SetAttribute :exec
UPDATE category_question SET label = sqlc.arg(label), heading = sqlc.arg(heading), unit = sqlc.arg(unit),
       choices = sqlc.arg(choices), required = sqlc.arg(required), filterable = sqlc.arg(filterable),
       comparable = sqlc.arg(comparable), position = sqlc.arg(position)
WHERE category = sqlc.arg(category) AND code = sqlc.arg(code);

-- name: DeleteAttribute :execrows
DELETE FROM category_question WHERE category = sqlc.arg(category) AND code = sqlc.arg(code);

-- name: DeleteAttributes :exec
DELETE FROM category_question WHERE category = sqlc.arg(category);

-- name: Attribute :one
SELECT category, code, kind, label, heading, unit, choices, required, filterable, comparable, position
FROM category_question WHERE category = sqlc.arg(category) AND code = sqlc.arg(code);

-- name: CountAttributes :one
SELECT count(*) FROM category_question WHERE category = sqlc.arg(category);

-- name: DefinedTrail :many
-- A category and those above it, the root first, each as often as it defines attributes, and once without.
SELECT c.id, c.parent, c.slug, c.name, c.path, c.position,
       coalesce(d.code, '') AS code, coalesce(d.kind, '') AS kind, coalesce(d.label, '{}') AS label,
       coalesce(d.heading, '{}') AS heading, coalesce(d.unit, '') AS unit, coalesce(d.choices, '[]') AS choices,
       coalesce(d.required, 0) AS required, coalesce(d.filterable, 0) AS filterable,
       coalesce(d.comparable, 0) AS comparable, coalesce(d.position, 0) AS place
FROM category_above a JOIN category c ON c.id = a.above LEFT JOIN category_question d ON d.category = c.id
WHERE a.category = sqlc.arg(category) ORDER BY length(c.path), d.position, d.code;

-- name: DefinitionsAbove :many
-- What is defined on the way to each of these categories, the root first.
SELECT a.category AS asked, d.category, d.code, d.kind, d.label, d.heading, d.unit, d.choices, d.required, d.filterable,
       d.comparable, d.position
FROM category_above a JOIN category c ON c.id = a.above JOIN category_question d ON d.category = c.id
WHERE a.category IN (SELECT value FROM json_each(cast(sqlc.arg(categories) AS TEXT)))
ORDER BY a.category, length(c.path), d.position, d.code;

-- name: Filterables :many
-- What every category asks for itself, and whether lists offer a filter by it.
SELECT category, code, filterable FROM category_question ORDER BY category, position, code;

-- name: Affected :one
-- How many products stand in a category or below it, how many of them have a value of an attribute, and how many have one
-- of its own kind.
SELECT count(*) AS products,
       count(CASE WHEN p.attributes LIKE cast(sqlc.arg(stated) AS TEXT) ESCAPE '\' THEN 1 END) AS stated,
       count(CASE WHEN p.attributes LIKE cast(sqlc.arg(of_kind) AS TEXT) ESCAPE '\' THEN 1 END) AS of_kind
FROM category_above a JOIN product p ON p.category = a.category WHERE a.above = sqlc.arg(category);

-- name: Unweighed :many
SELECT id FROM product WHERE score = -1 ORDER BY id LIMIT cast(sqlc.arg(most) AS BIGINT);

-- name: ProductsOf :many
SELECT id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin, tax_class, name,
       cover, words, options, media, description, attributes, proof, provenance, score, kind
FROM product WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: VariantsOf :many
SELECT id, product, seller, sku, dropped, position, gtin, ntin, hs, options, label, unit, mass, length, width, height,
       tracking
FROM variant WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND dropped = 0
ORDER BY product, position;

-- name: VersionsOf :many
SELECT id, version FROM product WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: SetScore :exec
UPDATE product SET score = sqlc.arg(score) WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: UnweighCategory :exec
-- Has the products in a category and below it weighed again.
UPDATE product SET score = -1
WHERE category IN (SELECT a.category FROM category_above a WHERE a.above = sqlc.arg(category)) AND score <> -1;

-- name: UnweighVariants :exec
UPDATE product SET score = -1
WHERE score <> -1 AND id IN (SELECT v.product FROM variant v
                             WHERE v.id IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT))));

-- name: KeepRemoved :exec
INSERT INTO product_removed_media (product, url, media, position, removed)
VALUES (sqlc.arg(product), sqlc.arg(url), sqlc.arg(media), sqlc.arg(position), sqlc.arg(removed))
ON CONFLICT (product, url) DO UPDATE SET media = excluded.media, position = excluded.position, removed = excluded.removed;

-- name: DropRemoved :exec
DELETE FROM product_removed_media
WHERE product = sqlc.arg(product) AND url IN (SELECT value FROM json_each(cast(sqlc.arg(urls) AS TEXT)));

-- name: Removed :many
SELECT url, media, position, removed FROM product_removed_media
WHERE product = sqlc.arg(product) ORDER BY removed DESC, position LIMIT cast(sqlc.arg(most) AS BIGINT);

-- name: RemovedOne :one
SELECT media, position FROM product_removed_media WHERE product = sqlc.arg(product) AND url = sqlc.arg(url);

-- name: ForgetRemoved :execrows
DELETE FROM product_removed_media WHERE (product, url) IN (
SELECT r.product, r.url FROM product_removed_media r WHERE r.removed < sqlc.arg(before)
ORDER BY r.removed LIMIT cast(sqlc.arg(most) AS BIGINT));

-- name: KeepChange :exec
INSERT INTO product_change (product, version, at, who_kind, who, fields, earlier, later)
VALUES (sqlc.arg(product), sqlc.arg(version), sqlc.arg(at), sqlc.arg(who_kind), sqlc.arg(who), sqlc.arg(fields),
        sqlc.arg(earlier), sqlc.arg(later));

-- name: ChangesOf :many
-- The changes of a product before a version, the latest first.
SELECT product, version, at, who_kind, who, fields, earlier, later FROM product_change
WHERE product = sqlc.arg(product) AND version < sqlc.arg(before)
ORDER BY version DESC LIMIT cast(sqlc.arg(most) AS BIGINT);

-- name: ChangeAt :one
SELECT product, version, at, who_kind, who, fields, earlier, later FROM product_change
WHERE product = sqlc.arg(product) AND version = sqlc.arg(version);

-- name: InsertPreview :exec
INSERT INTO product_preview (token, product, until) VALUES (sqlc.arg(token), sqlc.arg(product), sqlc.arg(until));

-- name: Previewed :one
SELECT product FROM product_preview WHERE token = sqlc.arg(token) AND until > sqlc.arg(now);

-- name: DropPreviews :exec
DELETE FROM product_preview WHERE product = sqlc.arg(product);

-- name: ForgetPreviews :execrows
DELETE FROM product_preview WHERE token IN (
SELECT p.token FROM product_preview p WHERE p.until <= sqlc.arg(now) LIMIT cast(sqlc.arg(most) AS BIGINT));

-- name: SetPlan :exec
INSERT INTO product_plan (product, starts, ends, due, refused)
VALUES (sqlc.arg(product), sqlc.arg(starts), sqlc.arg(ends), sqlc.arg(due), sqlc.arg(refused))
ON CONFLICT (product) DO UPDATE SET starts = excluded.starts, ends = excluded.ends, due = excluded.due,
       refused = excluded.refused;

-- name: PlanOf :one
SELECT product, starts, ends, due, refused FROM product_plan WHERE product = sqlc.arg(product);

-- name: DuePlans :many
SELECT product, starts, ends, due, refused FROM product_plan WHERE due > 0 AND due <= sqlc.arg(now)
ORDER BY due, product LIMIT cast(sqlc.arg(most) AS BIGINT);

-- name: DropRelations :exec
DELETE FROM product_relation WHERE product = sqlc.arg(product) AND kind = sqlc.arg(kind);

-- name: InsertRelation :exec
INSERT INTO product_relation (product, kind, other, position)
VALUES (sqlc.arg(product), sqlc.arg(kind), sqlc.arg(other), sqlc.arg(position));

-- name: Relations :many
SELECT kind, other FROM product_relation WHERE product = sqlc.arg(product) ORDER BY kind, position;

-- name: SellersOf :many
SELECT id, seller FROM product WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: InsertCollection :execrows
INSERT INTO collection (id, slug, name, description, rule, starts, ends, home, position)
VALUES (sqlc.arg(id), sqlc.arg(slug), sqlc.arg(name), sqlc.arg(description), sqlc.arg(rule), sqlc.arg(starts),
        sqlc.arg(ends), sqlc.arg(home), sqlc.arg(position))
ON CONFLICT DO NOTHING;

-- name: SetCollection :execrows
UPDATE collection SET slug = sqlc.arg(slug), name = sqlc.arg(name), description = sqlc.arg(description),
       rule = sqlc.arg(rule), starts = sqlc.arg(starts), ends = sqlc.arg(ends), home = sqlc.arg(home),
       position = sqlc.arg(position)
WHERE id = sqlc.arg(id);

-- name: DeleteCollection :execrows
DELETE FROM collection WHERE id = sqlc.arg(id);

-- name: Collection :one
SELECT id, slug, name, description, rule, starts, ends, home, position FROM collection WHERE id = sqlc.arg(id);

-- name: CollectionBySlug :one
SELECT id, slug, name, description, rule, starts, ends, home, position FROM collection WHERE slug = sqlc.arg(slug);

-- name: Collections :many
SELECT id, slug, name, description, rule, starts, ends, home, position FROM collection ORDER BY position, slug;

-- name: EmptyCollection :exec
DELETE FROM collection_product WHERE collection = sqlc.arg(collection);

-- name: PutIntoCollection :exec
INSERT INTO collection_product (collection, product, position)
VALUES (sqlc.arg(collection), sqlc.arg(product), sqlc.arg(position));

-- name: InCollections :many
-- The products of these collections in their order.
SELECT collection, product FROM collection_product
WHERE collection IN (SELECT value FROM json_each(cast(sqlc.arg(collections) AS TEXT))) ORDER BY collection, position;

-- name: SharedNumbers :many
-- Bar codes and numbers of the national catalogue that variants of more than one product of a seller have. A bar code is
-- the same with zeros in front.
SELECT cast('gtin' AS TEXT) AS kind, cast(ltrim(v.gtin, '0') AS TEXT) AS number, v.product FROM variant v
WHERE v.seller = sqlc.arg(seller) AND v.dropped = 0 AND v.gtin <> '' AND ltrim(v.gtin, '0') IN (
    SELECT ltrim(g.gtin, '0') FROM variant g WHERE g.seller = sqlc.arg(seller) AND g.dropped = 0 AND g.gtin <> ''
    GROUP BY ltrim(g.gtin, '0') HAVING count(DISTINCT g.product) > 1)
UNION
SELECT cast('ntin' AS TEXT) AS kind, v.ntin AS number, v.product FROM variant v
WHERE v.seller = sqlc.arg(seller) AND v.dropped = 0 AND v.ntin <> '' AND v.ntin IN (
    SELECT n.ntin FROM variant n WHERE n.seller = sqlc.arg(seller) AND n.dropped = 0 AND n.ntin <> ''
    GROUP BY n.ntin HAVING count(DISTINCT n.product) > 1)
ORDER BY 1, 2, 3 LIMIT cast(sqlc.arg(most) AS BIGINT);

-- name: NamesOf :many
-- The names of a seller's products that have not ended, the latest first.
SELECT id, name, brand FROM product WHERE seller = sqlc.arg(seller) AND state <> 'ended'
ORDER BY since DESC, id DESC LIMIT cast(sqlc.arg(most) AS BIGINT);

-- name: ProductsAfter :many
-- The products on sale, whole, in the order of their ids. The state is no bare column, as in Shelve.
SELECT id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin, tax_class, name,
       cover, words, options, media, description, attributes, proof, provenance, score, kind
FROM product WHERE id > sqlc.arg(after) AND state || '' = 'on_sale' ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: ShowsAfter :many
-- What products in any state show, in the order of their ids.
SELECT id, media FROM product WHERE id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: VersionsAfter :many
-- The products on sale in the order of their ids, with their versions.
SELECT id, version FROM product WHERE id > sqlc.arg(after) AND state || '' = 'on_sale' ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: ProductOfVariants :many
SELECT id, product FROM variant WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)));

-- name: ProductsOfVariants :many
SELECT DISTINCT product FROM variant WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)));

-- name: ProductsTouched :many
-- The products of variants, and the bundles that these are parts of.
SELECT product FROM variant WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)))
UNION
SELECT bundle FROM product_part WHERE part IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)));

-- name: SetKind :exec
UPDATE product SET kind = sqlc.arg(kind) WHERE id = sqlc.arg(id);

-- name: DropParts :exec
DELETE FROM product_part WHERE bundle = sqlc.arg(bundle);

-- name: InsertPart :exec
INSERT INTO product_part (part, bundle) VALUES (sqlc.arg(part), sqlc.arg(bundle));

-- name: BundlesAbove :many
-- The bundles that variants of a product are parts of.
SELECT DISTINCT b.bundle FROM product_part b JOIN variant v ON v.id = b.part WHERE v.product = sqlc.arg(product);

-- name: BundlesAfter :many
SELECT DISTINCT bundle FROM product_part WHERE bundle > sqlc.arg(after) ORDER BY bundle LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: BundlesWith :many
SELECT DISTINCT b.bundle FROM product_part b JOIN variant v ON v.id = b.part
WHERE v.product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT)));

-- name: AddFormer :exec
-- Whoever had the address last has it.
INSERT INTO former_address (kind, slug, owner) VALUES (sqlc.arg(kind), sqlc.arg(slug), sqlc.arg(owner))
ON CONFLICT (kind, slug) DO UPDATE SET owner = excluded.owner;

-- name: DropFormer :exec
DELETE FROM former_address WHERE kind = sqlc.arg(kind) AND slug = sqlc.arg(slug);

-- name: DropFormersOf :exec
DELETE FROM former_address WHERE kind = sqlc.arg(kind) AND owner = sqlc.arg(owner);

-- name: FormerCategory :one
SELECT c.id, c.parent, c.slug, c.name, c.path, c.position FROM former_address f JOIN category c ON c.id = f.owner
WHERE f.kind = 'category' AND f.slug = sqlc.arg(slug);

-- name: FormerCollection :one
SELECT c.id, c.slug, c.name, c.description, c.rule, c.starts, c.ends, c.home, c.position
FROM former_address f JOIN collection c ON c.id = f.owner
WHERE f.kind = 'collection' AND f.slug = sqlc.arg(slug);
