/** Names in use where one script is written; `joined` names are written family first, without anything between. */
export interface People {
  readonly weight: number
  readonly style: 'spaced' | 'joined'
  /** How many of a hundred names end in a number. */
  readonly numbered: number
  readonly given: readonly string[]
  readonly family: readonly string[]
}

const words = (text: string) => text.trim().split(/\s+/)

export const peoples: readonly People[] = [
  {
    weight: 20,
    style: 'spaced',
    numbered: 0.4,
    given:
      words(`James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
      Joseph Jessica Thomas Karen Charles Sarah Daniel Nancy Matthew Lisa Anthony Betty Mark Margaret Steven Ashley Paul
      Emily Andrew Kimberly Joshua Donna Kenneth Michelle Kevin Carol Brian Amanda George Dorothy Timothy Melissa Ronald
      Deborah Edward Stephanie Jason Rebecca Jeffrey Sharon Ryan Laura Jacob Cynthia Gary Amy Nicholas Kathleen Eric
      Olivia Noah Emma Liam Ava Oliver Sophia Elijah Isabella Lucas Mia Mason Charlotte Logan Amelia Harper Evelyn`),
    family:
      words(`Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Martin Lee
      Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall
      Campbell Mitchell Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers
      Morgan Cooper Peterson Reed Bailey Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray Hughes`),
  },
  {
    weight: 9,
    style: 'spaced',
    numbered: 0.35,
    given:
      words(`Sofía Mateo Valentina Santiago Camila Sebastián Lucía Diego María José Ana Luis Carmen Javier Isabel
      Andrés Paula Carlos Elena Fernando Rocío Álvaro Inés Joaquín Beatriz Raúl Pilar Núria Iñaki Begoña`),
    family:
      words(`García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez
      Díaz Reyes Cruz Morales Ortiz Gutiérrez Chávez Ramos Ruiz Álvarez Mendoza Vásquez Castillo Jiménez Moreno Muñoz`),
  },
  {
    weight: 6,
    style: 'spaced',
    numbered: 0.3,
    given:
      words(`João Beatriz Gonçalo Inês Tiago Mariana Rafael Luísa Caio Letícia Vinícius Júlia Antônio Conceição
      Márcio Patrícia Renato Débora Thiago Larissa Otávio Cecília`),
    family:
      words(`Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho
      Almeida Araújo Gonçalves Nascimento Conceição Brandão Magalhães Simões`),
  },
  {
    weight: 6,
    style: 'spaced',
    numbered: 0.3,
    given:
      words(`Léa Hugo Chloé Gaël Zoé Théo Élodie Loïc Anaïs Rémi Aurélie Benoît Hélène Jérôme Maëlle François
      Amélie Cédric Océane Mathéo Noémie Stéphane Véronique Yannick`),
    family:
      words(`Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel
      Garcia David Bertrand Roux Fournier Girard Lefèvre Mercier Boyer Rivière Noël`),
  },
  {
    weight: 6,
    style: 'spaced',
    numbered: 0.3,
    given:
      words(`Lukas Jürgen Anneliese Björn Käthe Günther Sabine Jörg Heike Matthias Ulrike Sören Gisela Florian Ingrid
      Tobias Margarethe Steffen Bärbel Holger Annika Uwe Silke Torsten`),
    family:
      words(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter
      Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Weiß Groß Jäger`),
  },
  {
    weight: 5,
    style: 'spaced',
    numbered: 0.3,
    given:
      words(`Agnieszka Piotr Małgorzata Krzysztof Łukasz Katarzyna Paweł Zofia Tomáš Jiří Kateřina Ondřej Željko Ana
      Šimun Đurđa Zsófia László Gábor Ágnes Ștefan Ioana Raluca Bogdan`),
    family:
      words(`Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Novák
      Svoboda Dvořák Černý Horvat Kovačić Babić Nagy Kovács Szabó Tóth Popescu Ionescu Dumitru`),
  },
  {
    weight: 5,
    style: 'spaced',
    numbered: 0.3,
    given:
      words(`Ayşe Mehmet Zeynep Mustafa Elif Ömer Büşra Çağla Şule İbrahim Gökçe Yiğit Nguyệt Thảo Hương Đức Tuấn Linh
      Ngọc Minh Åsa Øyvind Sigrún Þóra Jyrki Päivi`),
    family:
      words(`Yılmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi
      Håkansson Nygård Jónsdóttir Virtanen Mäkinen`),
  },
  {
    weight: 5,
    style: 'spaced',
    numbered: 0.3,
    given:
      words(`Oluwaseun Chinonso Amara Kwame Adwoa Thandiwe Sipho Zanele Tendai Wanjiru Kamau Akinyi Otieno Fatou
      Mamadou Aminata Ousmane Priya Arjun Siti Budi Dewi Agus Putri`),
    family:
      words(`Adeyemi Okafor Mensah Owusu Dlamini Nkosi Mokoena Moyo Njoroge Mwangi Ochieng Diallo Traoré Keita Ndiaye
      Sharma Patel Santoso Wijaya Lestari Hidayat`),
  },
  {
    weight: 8,
    style: 'spaced',
    numbered: 0.25,
    given:
      words(`Александр Анна Дмитрий Елена Сергей Ольга Андрей Татьяна Алексей Наталья Максим Ирина Михаил Светлана Иван
      Мария Артём Юлия Никита Екатерина Олександр Оксана Тарас Соломія Георги Десислава`),
    family:
      words(`Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев
      Лебедев Семёнов Егоров Павлов Козлов Степанов Шевченко Коваленко Бондаренко Ткаченко Димитров Стоянов`),
  },
  {
    weight: 2,
    style: 'spaced',
    numbered: 0.25,
    given: words(
      `Γιώργος Μαρία Κώστας Ελένη Δημήτρης Κατερίνα Νίκος Σοφία Παναγιώτης Βασιλική Χρήστος Άννα Αλέξανδρος`,
    ),
    family: words(
      `Παπαδόπουλος Βλάχος Αγγελόπουλος Νικολαΐδης Γεωργίου Δημητρίου Οικονόμου Παππάς Καραγιάννης Λάσκαρης`,
    ),
  },
  {
    weight: 5,
    style: 'spaced',
    numbered: 0.2,
    given: words(
      `محمد فاطمة أحمد عائشة علي مريم يوسف زينب عمر خديجة حسن ليلى إبراهيم نور خالد سارة سعيد هدى رضا شیرین`,
    ),
    family: words(
      `العلي الحسن الأحمد المصري الشامي البغدادي الخطيب النجار الحداد العمري القاسم الزهراني حسینی محمدی کریمی`,
    ),
  },
  {
    weight: 1,
    style: 'spaced',
    numbered: 0.2,
    given: words(`נועה דוד תמר יוסף מאיה אריאל שרה איתי יעל משה רבקה עומר אביגיל`),
    family: words(`כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן מלכה אזולאי כץ`),
  },
  {
    weight: 5,
    style: 'spaced',
    numbered: 0.2,
    given: words(`आरव प्रिया अर्जुन अनन्या रोहन दीपिका विवेक पूजा राहुल नेहा संजय कविता अमित सुनीता विकास मीरा`),
    family: words(`शर्मा वर्मा गुप्ता सिंह कुमार पटेल यादव मिश्रा जोशी चौधरी त्रिपाठी पाण्डेय`),
  },
  {
    weight: 2,
    style: 'spaced',
    numbered: 0.2,
    given: words(`রহিম ফাতেমা অনিক সুমাইয়া তানভীর নুসরাত সৌরভ মৌসুমী`),
    family: words(`ইসলাম হোসেন চৌধুরী দাস রায় ঘোষ সরকার`),
  },
  {
    weight: 2,
    style: 'spaced',
    numbered: 0.2,
    given: words(`முருகன் லட்சுமி கார்த்திக் மீனா செல்வம் கவிதா பிரகாஷ் தமிழ்`),
    family: words(`சுப்பிரமணியன் ராமசாமி கிருஷ்ணன் பாண்டியன் வேலு நடராஜன்`),
  },
  {
    weight: 2,
    style: 'spaced',
    numbered: 0.2,
    given: words(`สมชาย มาลี อนันต์ สุดา ประเสริฐ กมล วิชัย นภา ธนา อรุณี`),
    family: words(`ใจดี ศรีสุข ทองดี แสงจันทร์ วงศ์ไทย บุญมา สุขใจ`),
  },
  {
    weight: 1,
    style: 'spaced',
    numbered: 0.2,
    given: words(`გიორგი ნინო დავით მარიამ ლუკა ანა ნიკა თამარ`),
    family: words(`ბერიძე კაპანაძე გელაშვილი მაისურაძე ლომიძე`),
  },
  {
    weight: 1,
    style: 'spaced',
    numbered: 0.2,
    given: words(`Արամ Անի Տիգրան Մարիամ Հայկ Լիլիթ Դավիթ Նարե`),
    family: words(`Հակոբյան Գրիգորյան Սարգսյան Հարությունյան Պետրոսյան`),
  },
  {
    weight: 1,
    style: 'spaced',
    numbered: 0.2,
    given: words(`አበበ ሰላም ዳዊት ሕይወት ተስፋዬ ማርታ`),
    family: words(`ከበደ ገብረ ታደሰ በቀለ ወልደ`),
  },
  {
    weight: 7,
    style: 'joined',
    numbered: 0.35,
    given: words(
      `伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 子轩 浩然 梓涵 欣怡 宇航 诗涵 思远`,
    ),
    family: words(
      `王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 欧阳 司马`,
    ),
  },
  {
    weight: 5,
    style: 'joined',
    numbered: 0.35,
    given: words(
      `太郎 花子 翔太 美咲 健一 さくら 大輔 陽菜 拓也 結衣 直樹 ゆい 和也 葵 悠斗 ひなた 蓮 凛 ケンジ マリ`,
    ),
    family: words(
      `佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水`,
    ),
  },
  {
    weight: 4,
    style: 'joined',
    numbered: 0.35,
    given: words(
      `민준 서연 도윤 서윤 예준 지우 시우 하은 주원 하윤 지호 수아 준서 지아 현우 은지 영수 미경 동현 혜진`,
    ),
    family: words(`김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 전 홍`),
  },
]
