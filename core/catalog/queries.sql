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
                     tax_class, name, cover, words, options, media, description, attributes)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(external_id), sqlc.arg(slug), sqlc.arg(category), sqlc.arg(state),
        sqlc.arg(since), sqlc.arg(version), sqlc.arg(digest), sqlc.arg(revised), sqlc.arg(brand), sqlc.arg(origin),
        sqlc.arg(tax_class), sqlc.arg(name), sqlc.arg(cover), sqlc.arg(words), sqlc.arg(options), sqlc.arg(media),
        sqlc.arg(description), sqlc.arg(attributes));

-- name: SetProduct :execrows
UPDATE product SET slug = sqlc.arg(slug), category = sqlc.arg(category), state = sqlc.arg(state), since = sqlc.arg(since),
       version = version + 1, digest = sqlc.arg(digest), revised = sqlc.arg(revised), brand = sqlc.arg(brand),
       origin = sqlc.arg(origin), tax_class = sqlc.arg(tax_class), name = sqlc.arg(name), cover = sqlc.arg(cover),
       words = sqlc.arg(words), options = sqlc.arg(options), media = sqlc.arg(media),
       description = sqlc.arg(description), attributes = sqlc.arg(attributes)
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: ReplaceProduct :exec
-- What an import writes over a product; it asked for its version before in the same moment.
UPDATE product SET slug = sqlc.arg(slug), category = sqlc.arg(category), state = sqlc.arg(state), since = sqlc.arg(since),
       version = version + 1, digest = sqlc.arg(digest), revised = sqlc.arg(revised), brand = sqlc.arg(brand),
       origin = sqlc.arg(origin), tax_class = sqlc.arg(tax_class), name = sqlc.arg(name), cover = sqlc.arg(cover),
       words = sqlc.arg(words), options = sqlc.arg(options), media = sqlc.arg(media),
       description = sqlc.arg(description), attributes = sqlc.arg(attributes)
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Product :one
SELECT id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin, tax_class, name,
       cover, words, options, media, description, attributes
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

-- name: VariantsOfSKU :many
SELECT id, product, sku, tracking FROM variant
WHERE seller = sqlc.arg(seller) AND sku IN (SELECT value FROM json_each(cast(sqlc.arg(skus) AS TEXT)));

-- name: VariantsOfProducts :many
SELECT id, product, sku, label, unit, tracking FROM variant
WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND dropped = 0
ORDER BY product, position;

-- name: Offers :many
SELECT v.id, v.product, v.seller, v.sku, v.dropped, v.label, v.unit, v.mass, v.length, v.width, v.height, v.gtin, v.ntin,
       v.hs, v.tracking, p.slug, p.state, p.name, p.tax_class, p.origin, p.cover
FROM variant v JOIN product p ON p.id = v.product
WHERE v.id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Shelve :exec
-- Puts those of these products that are on sale into their category and all above it.
INSERT INTO product_shelf (category, since, product, seller)
SELECT a.above, p.since, p.id, p.seller FROM product p JOIN category_above a ON a.category = p.category
WHERE p.id IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND p.state = 'on_sale';

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
WHERE p.category IN (SELECT value FROM json_each(cast(sqlc.arg(categories) AS TEXT))) AND p.state = 'on_sale';

-- name: CountVariantsOf :one
SELECT count(*) FROM variant
WHERE seller = sqlc.arg(seller) AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: TrackVariants :many
UPDATE variant SET tracking = 'tracked'
WHERE tracking = 'untracked' AND seller = sqlc.arg(seller)
  AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)))
RETURNING id, product;


-- name: InsertAttribute :execrows
INSERT INTO category_attribute (category, code, kind, label, unit, position)
VALUES (sqlc.arg(category), sqlc.arg(code), sqlc.arg(kind), sqlc.arg(label), sqlc.arg(unit), sqlc.arg(position))
ON CONFLICT DO NOTHING;

-- name: SetAttribute :exec
UPDATE category_attribute SET label = sqlc.arg(label), unit = sqlc.arg(unit), position = sqlc.arg(position)
WHERE category = sqlc.arg(category) AND code = sqlc.arg(code);

-- name: DeleteAttribute :execrows
DELETE FROM category_attribute WHERE category = sqlc.arg(category) AND code = sqlc.arg(code);

-- name: DeleteAttributes :exec
DELETE FROM category_attribute WHERE category = sqlc.arg(category);

-- name: Attribute :one
SELECT category, code, kind, label, unit, position FROM category_attribute
WHERE category = sqlc.arg(category) AND code = sqlc.arg(code);

-- name: CountAttributes :one
SELECT count(*) FROM category_attribute WHERE category = sqlc.arg(category);

-- name: DefinedTrail :many
-- A category and those above it, the root first, each as often as it defines attributes, and once without.
SELECT c.id, c.parent, c.slug, c.name, c.path, c.position,
       coalesce(d.code, '') AS code, coalesce(d.kind, '') AS kind, coalesce(d.label, '{}') AS label,
       coalesce(d.unit, '') AS unit, coalesce(d.position, 0) AS place
FROM category_above a JOIN category c ON c.id = a.above LEFT JOIN category_attribute d ON d.category = c.id
WHERE a.category = sqlc.arg(category) ORDER BY length(c.path), d.position, d.code;

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

-- name: ProductsAfter :many
-- The products on sale, whole, in the order of their ids.
SELECT id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin, tax_class, name,
       cover, words, options, media, description, attributes
FROM product WHERE id > sqlc.arg(after) AND state = 'on_sale' ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: ProductsOf :many
SELECT id, seller, external_id, slug, category, state, since, version, digest, revised, brand, origin, tax_class, name,
       cover, words, options, media, description, attributes
FROM product WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: WholeVariants :many
-- The variants of these products with all their columns, those that were dropped left out.
SELECT id, product, seller, sku, dropped, position, gtin, ntin, hs, options, label, unit, mass, length, width, height,
       tracking
FROM variant WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND dropped = 0
ORDER BY product, position;

-- name: ProductsOfVariants :many
SELECT DISTINCT product FROM variant WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(variants) AS TEXT)));
