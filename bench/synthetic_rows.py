"""What makes rows of the numbers that bench/synthetic.py draws."""

_GIVEN = "array['ad','be','ce','do','el','fa','gu','ha','il','jo','ka','lu','mi','no','ol','pe']"
_FAMILY = "array['an','bur','cor','den','en','fin','gar','hol','in','kar','lin','mor','nor','ran','sen','tor']"
_NAME = f"""initcap(({_GIVEN})[1 + id % 16] || ({_FAMILY})[1 + id / 16 % 16])
    || ' ' || initcap(translate(id::text, '0123456789', 'abdegilnor'))"""
_SUBJECTS = "array['Graphs','Networks','Learning','Spectra','Proteins','Galaxies','Markets','Syntax','Cells','Tensors']"

STATEMENTS = (
    f"""insert into publications_work (id, title, title_html, title_key, abstract, abstract_html, type,
            publication_year, language, is_retracted, open_access_url, collaborations, authors_count,
            stated_cited_by_count, cited_by_count)
        select id, title, title, lower(title), '', '', 'article', year, 'en', false, '', '{{}}', team, 0,
               coalesce(times, 0)
        from (select *, 'On ' || ({_SUBJECTS})[1 + id % 10] || ' and ' || ({_SUBJECTS})[1 + id / 10 % 10] || ' ' || id
                   as title from new_work) work
        left join (select cited, count(*) as times from new_citation group by 1) citation on cited = work.id""",
    """insert into publications_authorship (id, work_id, author_id, position, raw_name, name_key, block, ids, variants,
            affiliations, reason)
        select id, work, author, position, 'A ' || author, 'a ' || author, author % 5000, '{}', '{}', '{}', 'name'
        from new_authorship""",
    """insert into publications_authorshipinstitution (authorship_id, institution_id)
        select mine.id, author.institution
        from new_authorship mine join new_author author on author.id = mine.author""",
    "insert into publications_worktopic (work_id, topic_id, position) select work, topic, 0 from new_topic",
    """insert into publications_citation (citing_id, cited_id, scheme, value)
        select citing, cited, 'doi', '10.5555/' || cited from new_citation""",
    """insert into publications_authortopic (author_id, topic_id, works_count)
        select author, topic, count(*) from new_authorship join new_topic using (work) group by 1, 2""",
    """insert into publications_authorinstitution (author_id, institution_id, works_count, first_year, last_year)
        select mine.author, author.institution, count(*), min(work.year), max(work.year)
        from new_authorship mine
        join new_author author on author.id = mine.author
        join new_work work on work.id = mine.work
        group by 1, 2""",
    f"""insert into publications_author (id, display_name, sort_key, has_provider_id, hidden, works_count,
            cited_by_count, topics_count, first_year, last_year)
        select id, {_NAME}, lower({_NAME}), false, false, coalesce(works, 0), 0, coalesce(topics, 0), first, last
        from new_author author
        left join (select author_id, max(works_count) as works, min(first_year) as first, max(last_year) as last
                   from publications_authorinstitution group by 1) place on place.author_id = author.id
        left join (select author_id, count(*) as topics from publications_authortopic group by 1) topic
            on topic.author_id = author.id""",
    """insert into publications_topic (id, scheme, code, name, field_name, sort_key, works_count, authors_count)
        select topic_id, 'invented', topic_id, 'Topic ' || topic_id, '', 'topic ' || topic_id, works, count(*)
        from publications_authortopic
        join (select topic as topic_id, count(*) as works from new_topic group by 1) label using (topic_id)
        group by topic_id, works""",
    """insert into publications_institution (id, name, country_code, sort_key, works_count, authors_count)
        select institution_id, 'Institute ' || institution_id, '', 'institute ' || institution_id, sum(works_count),
               count(*)
        from publications_authorinstitution group by 1""",
)
